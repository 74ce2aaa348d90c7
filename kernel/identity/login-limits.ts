import type { Redis } from 'ioredis'
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { identityRefusals } from './refusals.ts'

export interface LoginAttempt {
  readonly email: string
  readonly address: string
}

export interface LoginLimits {
  /** Counts an attempt before its password is looked at; throws `identity.login_blocked`. */
  count(attempt: LoginAttempt): Promise<void>
  /** A right password: what it cost is given back. */
  succeed(attempt: LoginAttempt): Promise<void>
  /** The same for codes of a second factor, counted per account; throws `identity.code_blocked`. */
  countCode(userId: string): Promise<void>
  succeedCode(userId: string): Promise<void>
}

/**
 * Three counters, because each alone has a hole: one account from one address, one account from everywhere, and one
 * address over all accounts. The second is wide, so that a stranger cannot lock an owner out with a few guesses.
 */
export function createLoginLimits(redis: Redis): LoginLimits {
  const limiter = (name: string, points: number, durationSeconds: number): RateLimiterRedis =>
    new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: `login:${name}`,
      points,
      duration: durationSeconds,
    })
  const pair = limiter('pair', 10, 15 * 60)
  const account = limiter('account', 100, 3600)
  const place = limiter('address', 300, 3600)

  /** Six digits could be tried through in days without it. */
  const codes = limiter('code', 10, 15 * 60)

  const keysOf = ({ email, address }: LoginAttempt) =>
    [
      [pair, `${email} ${address}`],
      [account, email],
      [place, address],
    ] as const

  return {
    async count(attempt) {
      const counted = await Promise.allSettled(keysOf(attempt).map(([counter, key]) => counter.consume(key)))
      for (const result of counted) {
        if (result.status === 'fulfilled') continue
        const reason: unknown = result.reason
        if (!(reason instanceof RateLimiterRes)) throw reason
        throw identityRefusals.login_blocked({ retryAfterSeconds: Math.ceil(reason.msBeforeNext / 1000) })
      }
    },
    async succeed(attempt) {
      const [[, pairKey]] = keysOf(attempt)
      await Promise.all([pair.delete(pairKey), account.reward(attempt.email), place.reward(attempt.address)])
    },
    async countCode(userId) {
      try {
        await codes.consume(userId)
      } catch (reason) {
        if (!(reason instanceof RateLimiterRes)) throw reason
        throw identityRefusals.code_blocked({ retryAfterSeconds: Math.ceil(reason.msBeforeNext / 1000) })
      }
    },
    succeedCode: async (userId) => void (await codes.reward(userId)),
  }
}
