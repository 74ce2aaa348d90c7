import type { Knex } from 'knex'
import { tracedAt } from '../tracing/index.ts'

/** A statement that took long, without its values: what it looks like, how often, how long at most. */
export interface SlowStatement {
  readonly statement: string
  readonly count: number
  readonly durationMsMax: number
  readonly durationMsLast: number
  readonly lastAt: string
}

export interface PoolFigures {
  readonly used: number
  readonly free: number
  readonly waiting: number
}

export interface WatchedDatabase {
  pool(): PoolFigures
  /** Slowest first. */
  slowStatements(): readonly SlowStatement[]
}

/** Told of every statement: its kind is its first word. */
export type StatementObserver = (operation: string, durationMs: number, error?: unknown) => void

interface Query {
  readonly sql: string
  readonly __knexQueryUid: string
}

interface Begun {
  readonly beganMs: number
}

export const SLOW_STATEMENT_MS = 200
const SLOW_KEPT_MAX = 100
const OPEN_MAX = 10_000
const STATEMENT_LENGTH_MAX = 1_000

const operations: ReadonlySet<string> = new Set([
  'select',
  'insert',
  'update',
  'delete',
  'replace',
  'begin',
  'commit',
  'rollback',
  'set',
  'savepoint',
  'release',
])

function operationOf(sql: string): string {
  const word = /^[\s(]*(\w+)/.exec(sql)?.[1]?.toLowerCase() ?? ''
  return operations.has(word) ? word : 'other'
}

/** The statement with a mark in the place of every value, so that equal statements are equal texts. */
export function statementOf(sql: string): string {
  return sql
    .replace(/\s+/g, ' ')
    .replace(/'(?:[^'\\]|\\.|'')*'/g, '?')
    .replace(/\b\d+(\.\d+)?\b/g, '?')
    .replace(/\(\s*\?(\s*,\s*\?)+\s*\)/g, '(?…)')
    .replace(/(\(\?…\)|\(\?\))(,\s*(\(\?…\)|\(\?\)))+/g, '$1…')
    .trim()
    .slice(0, STATEMENT_LENGTH_MAX)
}

class SlowStatements {
  readonly #kept = new Map<string, SlowStatement>()

  add(statement: string, durationMs: number): void {
    const known = this.#kept.get(statement)
    this.#kept.delete(statement)
    this.#kept.set(statement, {
      statement,
      count: (known?.count ?? 0) + 1,
      durationMsMax: Math.max(known?.durationMsMax ?? 0, durationMs),
      durationMsLast: durationMs,
      lastAt: new Date().toISOString(),
    })
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > SLOW_KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest)
  }

  list(): readonly SlowStatement[] {
    return [...this.#kept.values()].sort((left, right) => right.durationMsMax - left.durationMsMax)
  }
}

interface Pool {
  numUsed(): number
  numFree(): number
  numPendingAcquires(): number
}

const watchers = new WeakMap<object, (database: Knex) => void>()

/** Another door to the same database is watched by whoever watches the first. */
export function watchAlike(made: Knex, database: Knex): void {
  watchers.get(database.client as object)?.(made)
}

/** Counts, times and traces every statement of a pool. Values are not looked at: they are people's. */
export function watchDatabase(database: Knex, observe: StatementObserver): WatchedDatabase {
  const open = new Map<string, Begun>()
  const slow = new SlowStatements()

  function ended({ sql, __knexQueryUid: id }: Query, error?: unknown): void {
    const begun = open.get(id)
    if (!begun) return
    open.delete(id)
    const endedMs = performance.now()
    const durationMs = endedMs - begun.beganMs
    const operation = operationOf(sql)
    observe(operation, durationMs, error)
    if (durationMs >= SLOW_STATEMENT_MS) slow.add(statementOf(sql), Math.round(durationMs))
    tracedAt(
      `database ${operation}`,
      { 'db.system.name': 'mariadb', 'db.operation.name': operation, 'db.query.text': statementOf(sql) },
      { beganMs: begun.beganMs, endedMs, error },
    )
  }

  const watch = (watched: Knex): void => {
    watched.on('query', ({ __knexQueryUid: id }: Query) => {
      if (open.size < OPEN_MAX) open.set(id, { beganMs: performance.now() })
    })
    watched.on('query-response', (_: unknown, query: Query) => ended(query))
    watched.on('query-error', (error: unknown, query: Query) => ended(query, error))
  }
  watch(database)
  watchers.set(database.client as object, watch)

  const { pool } = database.client as { pool: Pool }
  return {
    pool: () => ({ used: pool.numUsed(), free: pool.numFree(), waiting: pool.numPendingAcquires() }),
    slowStatements: () => slow.list(),
  }
}
