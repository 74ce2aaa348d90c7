import { statfs } from 'node:fs/promises'
import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { selectRows, type WatchedDatabase } from '../database/index.ts'
import type { EngineFigures } from '../exchange/engine-figures.ts'
import type { PluginFigures } from '../plugins/index.ts'
import type { Presence } from './presence.ts'

export interface ListenerFigures {
  readonly listener: string
  readonly waiting: number
  readonly failed: number
  /** Of the oldest that waits for code that is there. */
  readonly lagSeconds: number
}

export interface LedgerVerdict {
  readonly breaks: number
  readonly at: string
}

/** What is asked for rather than counted, as of one moment. A part that does not answer is null. */
export interface Figures {
  readonly engines: EngineFigures
  readonly plugins: PluginFigures
  readonly isDatabaseUp: boolean
  readonly pool: { readonly used: number; readonly free: number; readonly waiting: number }
  readonly redis: { readonly ms: number; readonly memoryBytes: number } | null
  readonly jobs: {
    readonly waiting: number
    readonly running: number
    readonly failing: Readonly<Record<string, number>>
  }
  readonly listeners: readonly ListenerFigures[]
  readonly sockets: { readonly connections: number; readonly endpoints: number }
  readonly diskFree: number | null
  readonly nodes: { readonly present: readonly string[]; readonly missing: readonly string[] }
  readonly ledger: LedgerVerdict | null
}

export interface FiguresParts {
  readonly database: Knex
  readonly watched: WatchedDatabase
  readonly redis: Redis
  readonly dataDirectory: string
  readonly exchange: { figures(): Promise<EngineFigures> }
  readonly plugins: () => Promise<PluginFigures>
  readonly sockets: () => Figures['sockets']
  readonly isServed: (owner: string, event: string) => boolean
  readonly presence: Presence
}

const ANSWER_MS = 3_000
const KEEP_MS = 1_500
export const LEDGER_KEY = 'cambium:observability:ledger'

async function orElse<T>(work: Promise<T>, otherwise: T): Promise<T> {
  const late = Promise.withResolvers<T>()
  const timer = setTimeout(() => late.resolve(otherwise), ANSWER_MS)
  try {
    return await Promise.race([work, late.promise])
  } catch {
    return otherwise
  } finally {
    clearTimeout(timer)
  }
}

async function readRedis(redis: Redis): Promise<Figures['redis']> {
  const beganMs = performance.now()
  await redis.ping()
  const ms = performance.now() - beganMs
  const memory = /used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]
  return { ms, memoryBytes: Number.parseInt(memory ?? '0', 10) }
}

async function readJobs(database: Knex): Promise<Figures['jobs']> {
  const counts = await selectRows<{ state: string; runs: number }>(
    database,
    `SELECT state, COUNT(*) AS runs FROM jobs_runs
     WHERE state = 'running' OR (state = 'waiting' AND run_at <= UTC_TIMESTAMP(3)) GROUP BY state`,
  )
  const over = await selectRows<{ name: string; state: string }>(
    database,
    `SELECT name, state FROM jobs_runs WHERE state IN ('done', 'failed') AND finished_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY
     ORDER BY id DESC LIMIT 1000`,
  )
  const failing: Record<string, number> = {}
  for (const [name, runs] of Map.groupBy(over, (row) => row.name)) {
    const good = runs.findIndex(({ state }) => state === 'done')
    failing[name] = good === -1 ? runs.length : good
  }
  const of = (state: string): number => Number(counts.find((row) => row.state === state)?.runs ?? 0)
  return { waiting: of('waiting'), running: of('running'), failing }
}

async function readListeners(
  database: Knex,
  isServed: FiguresParts['isServed'],
): Promise<readonly ListenerFigures[]> {
  const rows = await selectRows<{
    event: string
    owner: string
    waiting: string
    failed: string
    lag: number | null
  }>(
    database,
    `SELECT event, owner, SUM(state = 'waiting') AS waiting, SUM(state = 'failed') AS failed,
       TIMESTAMPDIFF(SECOND, MIN(IF(state = 'waiting', emitted_at, NULL)), UTC_TIMESTAMP()) AS lag
     FROM events_deliveries GROUP BY event, owner`,
  )
  return rows.map(({ event, owner, waiting, failed, lag }) => ({
    listener: `${owner} ${event}`,
    waiting: Number(waiting),
    failed: Number(failed),
    lagSeconds: isServed(owner, event) ? Math.max(0, Number(lag ?? 0)) : 0,
  }))
}

async function readDisk(directory: string): Promise<number> {
  const { bavail, blocks } = await statfs(directory)
  return blocks === 0 ? 1 : bavail / blocks
}

async function readLedger(redis: Redis): Promise<LedgerVerdict | null> {
  const text = await redis.get(LEDGER_KEY)
  return text === null ? null : (JSON.parse(text) as LedgerVerdict)
}

const noPlugins: PluginFigures = { health: [], contributions: [], quarantined: [] }
const noJobs: Figures['jobs'] = { waiting: 0, running: 0, failing: {} }

/** Asks everything at once; what was asked a moment ago is not asked again. */
export function createFigures(parts: FiguresParts): () => Promise<Figures> {
  const { database, redis, exchange } = parts
  let known: { atMs: number; figures: Promise<Figures> } | undefined

  async function read(): Promise<Figures> {
    const [engines, plugins, up, redisFigures, jobs, listeners, diskFree, nodes, ledger] = await Promise.all([
      orElse(exchange.figures(), { engines: [], followers: [] }),
      orElse(parts.plugins(), noPlugins),
      orElse(
        selectRows(database, 'SELECT 1').then(() => true),
        false,
      ),
      orElse(readRedis(redis), null),
      orElse(readJobs(database), noJobs),
      orElse(readListeners(database, parts.isServed), []),
      orElse(readDisk(parts.dataDirectory), null),
      orElse(parts.presence.list(), { present: [], missing: [] }),
      orElse(readLedger(redis), null),
    ])
    return {
      engines,
      plugins,
      jobs,
      listeners,
      diskFree,
      nodes,
      ledger,
      isDatabaseUp: up,
      redis: redisFigures,
      pool: parts.watched.pool(),
      sockets: parts.sockets(),
    }
  }

  return () => {
    const now = performance.now()
    if (!known || now - known.atMs > KEEP_MS) known = { atMs: now, figures: read() }
    return known.figures
  }
}
