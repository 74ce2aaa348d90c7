import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Logger, Principal } from '../broker/index.ts'
import type { RateLimit, Route } from '../contract/index.ts'
import type { Origin } from './origin.ts'
import { gatewayRefusals } from './refusals.ts'

export interface RateLimits {
  /** Throws `gateway.rate_limited`. */
  count(route: Route, principal: Principal, origin: Origin): Promise<void> | void
  stop(): void
}

export interface RateLimitOptions {
  readonly redis: Redis
  readonly log: Logger
  /** For everything a user, or an address that is not signed in, does within a minute. */
  readonly requestsPerMinute: number
}

const SYNC_MS = 1_000

function refuse(reason: unknown): never {
  if (!(reason instanceof RateLimiterRes)) throw reason
  throw gatewayRefusals.rate_limited({
    retryAfterSeconds: Math.max(1, Math.ceil(reason.msBeforeNext / 1000)),
  })
}

/** Limits of single routes are counted in Redis at once: there are few such requests, and they are what is attacked. */
function createRouteLimiters(redis: Redis): (route: Route, limit: RateLimit) => RateLimiterRedis {
  const limiters = new Map<string, RateLimiterRedis>()
  return ({ action }, { points, durationSeconds: duration }) => {
    const name = `${action} ${points} ${duration}`
    const known = limiters.get(name)
    if (known) return known
    const limiter = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: `limit:${action}`,
      points,
      duration,
      inMemoryBlockOnConsumed: points + 1,
      insuranceLimiter: new RateLimiterMemory({ points, duration }),
    })
    limiters.set(name, limiter)
    return limiter
  }
}

/**
 * The limit over all routes is decided in memory and told to Redis every second: nodes together let through at most a
 * second more than one of them would.
 */
export function createRateLimits({ redis, log, requestsPerMinute }: RateLimitOptions): RateLimits {
  const routeLimiter = createRouteLimiters(redis)
  const minute = { points: requestsPerMinute, duration: 60 }
  const local = new RateLimiterMemory(minute)
  const everywhere = new RateLimiterRedis({ storeClient: redis, keyPrefix: 'limit:all', ...minute })
  let counted = new Map<string, number>()

  async function synchronize(): Promise<void> {
    const leaving = counted
    counted = new Map()
    await Promise.all(
      [...leaving].map(async ([key, points]) => {
        const { consumedPoints, msBeforeNext } = await everywhere.penalty(key, points)
        if (consumedPoints > requestsPerMinute) await local.block(key, Math.ceil(msBeforeNext / 1000))
      }),
    )
  }

  const syncing = setInterval(() => {
    synchronize().catch((error: unknown) => log.warn('Rate limits could not be told to Redis', { error }))
  }, SYNC_MS)
  syncing.unref()

  async function countAll(key: string): Promise<void> {
    counted.set(key, (counted.get(key) ?? 0) + 1)
    await local.consume(key).catch(refuse)
  }

  async function countRoute(route: Route, limit: RateLimit, key: string): Promise<void> {
    await routeLimiter(route, limit).consume(key).catch(refuse)
  }

  return {
    count(route, principal, { address, isLocal }) {
      if (principal.kind === 'system') return
      const user = principal.kind === 'user' ? `user:${principal.userId}` : address
      const { rateLimit } = route
      if (rateLimit) return countRoute(route, rateLimit, rateLimit.per === 'user' ? user : address)
      // This machine's own programs, the portal's server among them, act for many.
      if (!isLocal) return countAll(user)
    },
    stop: () => clearInterval(syncing),
  }
}
