import type { Knex } from 'knex'
import { ulid } from '../broker/index.ts'
import { execute, selectRows } from '../database/index.ts'

export type RunState = 'waiting' | 'running' | 'done' | 'failed' | 'canceled'
export type RunOrigin = 'schedule' | 'start' | 'operator'

export interface RunRow {
  id: string
  name: string
  owner: string
  origin: RunOrigin
  run_key: string | null
  data: string | null
  state: RunState
  attempt: number
  due_at: Date
  run_at: Date
  started_at: Date | null
  finished_at: Date | null
  lease_node: string | null
  is_cancel_requested: number
  progress: number | null
  progress_text: string | null
  lines: string | null
  result: string | null
  reason: string | null
}

export interface NewRun {
  readonly name: string
  readonly owner: string
  readonly origin: RunOrigin
  readonly key?: string | undefined
  readonly data?: unknown
  readonly dueAt: Date
}

/** How a run goes on after a try. */
export interface RunEnd {
  readonly state: RunState
  readonly attempt: number
  readonly runAt?: Date
  readonly finishedAt?: Date
  readonly result?: unknown
  readonly reason?: string
}

const LEASE_SECONDS = 30
const REASON_LENGTH_MAX = 4_000
const RESULT_LENGTH_MAX = 64 * 1024

/** Writes a run down once per key; answers the id of the one that is there. */
export async function insertRun(database: Knex, run: NewRun): Promise<{ id: string; isNew: boolean }> {
  const { name, owner, origin, key = null, data, dueAt } = run
  const id = ulid()
  const inserted = await execute(
    database,
    `INSERT IGNORE INTO jobs_runs (id, name, owner, origin, run_key, data, state, due_at, run_at)
     VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, ?)`,
    [id, name, owner, origin, key, data === undefined ? null : JSON.stringify(data), dueAt, dueAt],
  )
  if (inserted === 1) return { id, isNew: true }
  const existing = await database<RunRow>('jobs_runs').where({ name, run_key: key }).first('id')
  if (!existing) throw new Error(`The run of ${name} could not be written down.`)
  return { id: existing.id, isNew: false }
}

export async function findRun(database: Knex, id: string): Promise<RunRow | undefined> {
  return database<RunRow>('jobs_runs').where({ id }).first()
}

/** True while a node that is alive runs the job. */
export async function isRunning(trx: Knex.Transaction, name: string): Promise<boolean> {
  const rows = await selectRows(
    trx,
    `SELECT 1 FROM jobs_runs WHERE state = 'running' AND name = ? AND lease_until > UTC_TIMESTAMP(3) LIMIT 1`,
    [name],
  )
  return rows.length > 0
}

export async function hasWaiting(trx: Knex.Transaction, name: string, origin: RunOrigin): Promise<boolean> {
  const found = await trx<RunRow>('jobs_runs').where({ name, origin, state: 'waiting' }).first('id')
  return found !== undefined
}

/** Takes a waiting run; its attempt counts from here on. */
export async function leaseRun(trx: Knex.Transaction, id: string, node: string, now: Date): Promise<boolean> {
  const taken = await execute(
    trx,
    `UPDATE jobs_runs SET state = 'running', attempt = attempt + 1, started_at = ?, lease_node = ?,
       lease_until = UTC_TIMESTAMP(3) + INTERVAL ${LEASE_SECONDS} SECOND, progress = NULL, progress_text = NULL,
       reason = NULL
     WHERE id = ? AND state = 'waiting' AND run_at <= ?`,
    [now, node, id, now],
  )
  return taken === 1
}

/** False when somebody else has the run by now; otherwise whether it is to be cancelled. */
export async function renewLease(
  database: Knex,
  id: string,
  node: string,
): Promise<{ isHeld: boolean; isCancelRequested: boolean }> {
  const renewed = await execute(
    database,
    `UPDATE jobs_runs SET lease_until = UTC_TIMESTAMP(3) + INTERVAL ${LEASE_SECONDS} SECOND
     WHERE id = ? AND lease_node = ? AND state = 'running'`,
    [id, node],
  )
  const row = await findRun(database, id)
  return { isHeld: renewed === 1, isCancelRequested: row?.is_cancel_requested === 1 }
}

export async function saveProgress(
  database: Knex,
  id: string,
  node: string,
  { percent, text, lines }: { percent: number | null; text: string | null; lines: readonly string[] },
): Promise<void> {
  await execute(
    database,
    'UPDATE jobs_runs SET progress = ?, progress_text = ?, `lines` = ? WHERE id = ? AND lease_node = ?',
    [percent, text?.slice(0, 200) ?? null, JSON.stringify(lines), id, node],
  )
}

/** Ends a try. False when the lease was lost meanwhile: then the run is another's. */
export async function endRun(database: Knex, id: string, node: string, end: RunEnd): Promise<boolean> {
  const { state, attempt, runAt = null, finishedAt = null, result, reason = null } = end
  const text = result === undefined ? null : JSON.stringify(result)
  const ended = await execute(
    database,
    `UPDATE jobs_runs SET state = ?, attempt = ?, run_at = COALESCE(?, run_at), finished_at = ?, result = ?, reason = ?,
       lease_node = NULL, lease_until = NULL
     WHERE id = ? AND lease_node = ? AND state = 'running'`,
    [
      state,
      attempt,
      runAt,
      finishedAt,
      text !== null && text.length > RESULT_LENGTH_MAX ? null : text,
      reason?.slice(0, REASON_LENGTH_MAX) ?? null,
      id,
      node,
    ],
  )
  return ended === 1
}

/** Puts runs whose node died back to wait; one that was cancelled meanwhile is over. */
export async function releaseExpired(database: Knex, now: Date): Promise<number> {
  await execute(
    database,
    `UPDATE jobs_runs SET state = 'canceled', finished_at = ?, lease_node = NULL, lease_until = NULL
     WHERE state = 'running' AND is_cancel_requested AND lease_until <= UTC_TIMESTAMP(3)`,
    [now],
  )
  return execute(
    database,
    `UPDATE jobs_runs SET state = 'waiting', lease_node = NULL, lease_until = NULL
     WHERE state = 'running' AND lease_until <= UTC_TIMESTAMP(3)`,
  )
}

/** The first due run of each of the jobs. */
export async function dueRuns(
  database: Knex,
  names: readonly string[],
  now: Date,
): Promise<readonly string[]> {
  if (names.length === 0) return []
  const rows = await selectRows<{ id: string }>(
    database,
    `SELECT MIN(id) AS id FROM jobs_runs WHERE state = 'waiting' AND name IN (?) AND run_at <= ? GROUP BY name`,
    [names, now],
  )
  return rows.map(({ id }) => id)
}

export async function cancelWaiting(database: Knex, id: string, now: Date): Promise<boolean> {
  const canceled = await execute(
    database,
    `UPDATE jobs_runs SET state = 'canceled', finished_at = ?, is_cancel_requested = TRUE WHERE id = ? AND state = 'waiting'`,
    [now, id],
  )
  return canceled === 1
}

export async function requestCancel(database: Knex, id: string): Promise<boolean> {
  const asked = await execute(
    database,
    `UPDATE jobs_runs SET is_cancel_requested = TRUE WHERE id = ? AND state = 'running'`,
    [id],
  )
  return asked === 1
}

export async function reviveRun(database: Knex, id: string, now: Date): Promise<boolean> {
  const revived = await execute(
    database,
    `UPDATE jobs_runs SET state = 'waiting', attempt = 0, run_at = ?, finished_at = NULL, is_cancel_requested = FALSE,
       reason = NULL WHERE id = ? AND state IN ('failed', 'canceled')`,
    [now, id],
  )
  return revived === 1
}

/** Forgets runs that ended before `before`, and of each job all but the newest `keepMax`. */
export async function deleteOldRuns(database: Knex, before: Date, keepMax: number): Promise<number> {
  const old = await execute(database, 'DELETE FROM jobs_runs WHERE finished_at < ?', [before])
  const surplus = await execute(
    database,
    `DELETE FROM jobs_runs WHERE id IN (SELECT id FROM (
       SELECT id, ROW_NUMBER() OVER (PARTITION BY name ORDER BY id DESC) AS place FROM jobs_runs WHERE finished_at IS NOT NULL
     ) AS ranked WHERE place > ?)`,
    [keepMax],
  )
  return old + surplus
}
