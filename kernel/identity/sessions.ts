import { createHash, randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'

/** What Redis keeps of a session. */
export interface Session {
  readonly userId: string
  readonly csrfToken: string
  readonly createdAt: number
  /** Milliseconds since the epoch; no use prolongs it. */
  readonly expiresAt: number
  /** When its user last proved who they are. */
  readonly confirmedAt: number
  readonly address: string
  readonly userAgent: string
}

export interface SessionOrigin {
  readonly address: string
  readonly userAgent: string
}

export interface Sessions {
  /** The token goes into the cookie and is kept nowhere else. */
  begin(
    userId: string,
    origin: SessionOrigin,
  ): Promise<{ token: string; sessionId: string; session: Session }>
  /** Reads a session and counts it as used. */
  find(sessionId: string): Promise<Session | null>
  end(sessionId: string): Promise<void>
  /** Ends every session of the user but `keep`; answers how many. */
  endAll(userId: string, keep?: string): Promise<number>
  /** Its user has proved again who they are. */
  confirm(sessionId: string): Promise<void>
  /** Last used first. Looking at them is no use of them. */
  list(userId: string): Promise<readonly UsedSession[]>
}

export interface UsedSession extends Session {
  readonly id: string
  readonly lastUsedAt: number
}

export const SESSION_SECONDS_MAX = 30 * 24 * 3600
const IDLE_SECONDS_MAX = 24 * 3600

/** How long a proof of who is there holds for what is sensitive. */
export const CONFIRMED_MS_MAX = 10 * 60_000

/** The name of the session a token belongs to. Who reads Redis, or a log, cannot turn it back into the token. */
export function sessionIdOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

const sessionKey = (sessionId: string): string => `session:${sessionId}`
const userKey = (userId: string): string => `sessions:${userId}`

export function createSessions(redis: Redis): Sessions {
  async function find(sessionId: string): Promise<Session | null> {
    const text = await redis.getex(sessionKey(sessionId), 'EX', IDLE_SECONDS_MAX)
    if (text === null) return null
    const session = JSON.parse(text) as Session
    if (session.expiresAt > Date.now()) return session
    await end(sessionId)
    return null
  }

  /** What is left of its idle time tells when it was last used. */
  async function look(sessionId: string): Promise<UsedSession | null> {
    const [text, leftMs] = await Promise.all([
      redis.get(sessionKey(sessionId)),
      redis.pttl(sessionKey(sessionId)),
    ])
    if (text === null) return null
    const session = JSON.parse(text) as Session
    const lastUsedAt = Date.now() - (IDLE_SECONDS_MAX * 1000 - leftMs)
    return session.expiresAt > Date.now() ? { ...session, id: sessionId, lastUsedAt } : null
  }

  async function end(sessionId: string): Promise<void> {
    const text = await redis.getdel(sessionKey(sessionId))
    if (text === null) return
    await redis.zrem(userKey((JSON.parse(text) as Session).userId), sessionId)
  }

  return {
    find,
    end,
    async begin(userId, { address, userAgent }) {
      const token = randomBytes(32).toString('base64url')
      const sessionId = sessionIdOf(token)
      const createdAt = Date.now()
      const expiresAt = createdAt + SESSION_SECONDS_MAX * 1000
      const csrfToken = randomBytes(24).toString('base64url')
      const session = {
        userId,
        csrfToken,
        createdAt,
        expiresAt,
        confirmedAt: createdAt,
        address,
        userAgent: userAgent.slice(0, 200),
      }
      await redis
        .multi()
        .set(sessionKey(sessionId), JSON.stringify(session), 'EX', IDLE_SECONDS_MAX)
        .zremrangebyscore(userKey(userId), 0, createdAt)
        .zadd(userKey(userId), expiresAt, sessionId)
        .expire(userKey(userId), SESSION_SECONDS_MAX)
        .exec()
      return { token, sessionId, session }
    },
    async endAll(userId, keep) {
      const ids = await redis.zrange(userKey(userId), 0, -1)
      const ended = ids.filter((sessionId) => sessionId !== keep)
      if (ended.length === 0) return 0
      await redis
        .multi()
        .del(...ended.map(sessionKey))
        .zrem(userKey(userId), ...ended)
        .exec()
      return ended.length
    },
    async confirm(sessionId) {
      const text = await redis.get(sessionKey(sessionId))
      if (text === null) return
      const session = { ...(JSON.parse(text) as Session), confirmedAt: Date.now() }
      // `XX`: one that was ended in the meantime stays ended.
      await redis.set(sessionKey(sessionId), JSON.stringify(session), 'EX', IDLE_SECONDS_MAX, 'XX')
    },
    async list(userId) {
      const ids = await redis.zrange(userKey(userId), 0, -1)
      const found = await Promise.all(ids.map(look))
      return found.filter((one) => one !== null).toSorted((left, right) => right.lastUsedAt - left.lastUsedAt)
    },
  }
}
