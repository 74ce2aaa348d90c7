import { Redis } from 'ioredis'

/**
 * A connection to Redis that reconnects by itself. Commands sent in one turn travel together; while the connection is
 * down they fail after two attempts rather than wait without end.
 */
export function createRedis(url: string): Redis {
  const redis = new Redis(url, { enableAutoPipelining: true, maxRetriesPerRequest: 2, lazyConnect: true })
  redis.setMaxListeners(0)
  // Each failed command says so itself; without a listener ioredis would print every reconnect attempt.
  redis.on('error', () => undefined)
  return redis
}
