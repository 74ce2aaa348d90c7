import type { Redis } from 'ioredis'
import type { Principal } from '../broker/index.ts'
import type { Roles } from './roles.ts'
import { readSessionToken } from './session-cookie.ts'
import { sessionIdOf, type Sessions } from './sessions.ts'
import type { Users } from './users.ts'

/** Whoever sent a request, as far as the session cookie tells. */
export interface Visitor {
  readonly principal: Principal
  /** Names the session without letting anybody use it; null without one. */
  readonly sessionId: string | null
  /** What a request that changes something has to repeat; null without a session. */
  readonly csrfToken: string | null
  /** When they last proved who they are, milliseconds since the epoch; 0 without a session. */
  readonly confirmedAtMs: number
}

/** Reads the session out of a `cookie` header. Never throws for a bad cookie: that visitor is anonymous. */
export type Authenticate = (cookieHeader: string | undefined) => Promise<Visitor>

export const anonymousVisitor: Visitor = {
  principal: { kind: 'anonymous' },
  sessionId: null,
  csrfToken: null,
  confirmedAtMs: 0,
}

/** Told when a user's sessions or permissions have changed; `null` stands for everybody's. */
export type ChangeListener = (userId: string | null) => void

export interface Visitors {
  readonly authenticate: Authenticate
  /** Forgets what is cached of the user, on every node. */
  announceChange(userId: string | null): Promise<void>
  onChange(listener: ChangeListener): void
  start(): Promise<void>
  stop(): void
}

export interface VisitorsOptions {
  readonly redis: Redis
  readonly sessions: Sessions
  readonly users: Users
  readonly roles: Roles
}

interface Cached {
  readonly visitor: Promise<Visitor>
  readonly untilMs: number
  userId: string | null
}

const CACHE_MS = 3_000
const CACHED_MAX = 20_000
const topic = 'cambium.identity.changes'
const everybody = '*'

/** Visitors by session, cached for some seconds and forgotten at once when something about them changes anywhere. */
export function createVisitors({ redis, sessions, users, roles }: VisitorsOptions): Visitors {
  const cache = new Map<string, Cached>()
  const listeners = new Set<ChangeListener>()
  const subscriber = redis.duplicate()
  subscriber.on('error', () => undefined)

  async function load(sessionId: string, entry: { userId: string | null }): Promise<Visitor> {
    const session = await sessions.find(sessionId)
    if (!session) return anonymousVisitor
    entry.userId = session.userId
    const user = await users.find(session.userId)
    if (!user) return anonymousVisitor
    const permissions = await roles.permissionsOf(user.roles)
    const principal = { kind: 'user', userId: user.id, permissions } as const
    return { principal, sessionId, csrfToken: session.csrfToken, confirmedAtMs: session.confirmedAt }
  }

  function forget(userId: string | null): void {
    for (const [sessionId, entry] of cache) {
      // An entry still loading may be anybody's.
      if (userId === null || entry.userId === null || entry.userId === userId) cache.delete(sessionId)
    }
    roles.forget()
    for (const listener of listeners) listener(userId)
  }

  function makeRoom(nowMs: number): void {
    for (const [sessionId, { untilMs }] of cache) if (untilMs < nowMs) cache.delete(sessionId)
    if (cache.size >= CACHED_MAX) cache.clear()
  }

  return {
    async authenticate(cookieHeader) {
      const token = readSessionToken(cookieHeader)
      if (token === null) return anonymousVisitor
      const sessionId = sessionIdOf(token)
      const nowMs = performance.now()
      const cached = cache.get(sessionId)
      if (cached && cached.untilMs > nowMs) return cached.visitor
      if (cache.size >= CACHED_MAX) makeRoom(nowMs)
      const fresh = { userId: null }
      const entry: Cached = Object.assign(fresh, {
        visitor: load(sessionId, fresh),
        untilMs: nowMs + CACHE_MS,
      })
      cache.set(sessionId, entry)
      entry.visitor.catch(() => cache.delete(sessionId))
      return entry.visitor
    },
    async announceChange(userId) {
      forget(userId)
      await redis.publish(topic, userId ?? everybody)
    },
    onChange: (listener) => void listeners.add(listener),
    async start() {
      subscriber.on('message', (_, userId: string) => forget(userId === everybody ? null : userId))
      await subscriber.subscribe(topic)
    },
    stop: () => subscriber.disconnect(),
  }
}
