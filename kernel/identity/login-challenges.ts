import { createHash, randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import { identityRefusals } from './refusals.ts'

const SECONDS_MAX = 5 * 60
const ATTEMPTS_MAX = 5

/** A right password on its way to a session: what is missing is the second factor. */
export interface LoginChallenges {
  begin(userId: string): Promise<string>
  /** Counts an attempt; throws `identity.challenge_expired` when there is none left. */
  attempt(token: string): Promise<string>
  /** True for one of those who come at once. */
  end(token: string): Promise<boolean>
}

const keyOf = (token: string): string => `challenge:${createHash('sha256').update(token).digest('base64url')}`

export function createLoginChallenges(redis: Redis): LoginChallenges {
  return {
    async begin(userId) {
      const token = randomBytes(32).toString('base64url')
      await redis
        .multi()
        .hset(keyOf(token), { userId, attempts: '0' })
        .expire(keyOf(token), SECONDS_MAX)
        .exec()
      return token
    },
    async attempt(token) {
      const key = keyOf(token)
      const userId = await redis.hget(key, 'userId')
      if (userId === null) throw identityRefusals.challenge_expired()
      const attempts = await redis.hincrby(key, 'attempts', 1)
      // Ended in between, it would be there again and stay.
      await redis.expire(key, SECONDS_MAX, 'NX')
      if (attempts > ATTEMPTS_MAX) {
        await redis.del(key)
        throw identityRefusals.challenge_expired()
      }
      return userId
    },
    end: async (token) => (await redis.del(keyOf(token))) === 1,
  }
}
