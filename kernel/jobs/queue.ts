import { once } from 'node:events'
import Bull from 'bull'
import type { Redis } from 'ioredis'
import type { Logger } from '../broker/index.ts'

/** What travels through Redis: which run or schedule to look at. The database knows everything else. */
export type Wakeup =
  { readonly kind: 'run'; readonly runId: string } | { readonly kind: 'tick'; readonly name: string }

export interface JobQueue {
  wake(wakeup: Wakeup, options?: { readonly delayMs?: number; readonly id?: string }): Promise<void>
  start(work: (wakeup: Wakeup) => Promise<void>): Promise<void>
  stop(): Promise<void>
}

const CONCURRENCY = 32
const DELAY_MAX_MS = 60 * 60_000

/** Work of the queue's own connections: they wait for Redis rather than fail. */
const patient = {
  maxRetriesPerRequest: null,
  enableReadyCheck: false,
  enableAutoPipelining: false,
  lazyConnect: false,
}

/** One Bull queue a platform. It brings work to some node at a time; whether it is still to be done, the database says. */
export function createJobQueue(redis: Redis, log: Logger): JobQueue {
  const connections: Redis[] = []
  let queue: Bull.Queue<Wakeup> | undefined

  function connect(): Redis {
    const connection = redis.duplicate(patient)
    connection.setMaxListeners(0)
    connection.on('error', () => undefined)
    connections.push(connection)
    return connection
  }

  return {
    async wake(wakeup, { delayMs = 0, id } = {}) {
      if (!queue) return
      await queue.add(wakeup, {
        delay: Math.min(Math.max(0, delayMs), DELAY_MAX_MS),
        removeOnComplete: true,
        removeOnFail: true,
        ...(id === undefined ? {} : { jobId: id }),
      })
    },
    async start(work) {
      const made = new Bull<Wakeup>('jobs', { prefix: 'cambium', createClient: () => connect() })
      made.on('error', (error) => log.warn('the queue of jobs has trouble with Redis', { error }))
      await made.isReady()
      void made.process(CONCURRENCY, async ({ data }) => work(data)).catch(() => undefined)
      queue = made
    },
    async stop() {
      const stopping = queue
      queue = undefined
      if (!stopping) return
      await stopping.pause(true, true).catch(() => undefined)
      // Closing a connection that is still being opened raises an error nobody could catch.
      for (const connection of connections) {
        if (connection.status !== 'ready')
          await once(connection, 'ready', { signal: AbortSignal.timeout(1_000) }).catch(() => null)
      }
      await stopping.close(true).catch(() => undefined)
      // Bull leaves the connection it blocks on open when it did not make it itself.
      for (const connection of connections) connection.disconnect()
    },
  }
}
