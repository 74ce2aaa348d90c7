import type { Knex } from 'knex'
import { execute, selectRows } from '../database/index.ts'
import type { JobDeclaration } from '../plugins/manifest.ts'
import { nextDue, type Schedule } from './schedule.ts'

export const TIMEOUT_MS = 10 * 60_000
export const ATTEMPTS = 3

/** A job as it is kept. */
export interface Definition extends Schedule {
  readonly name: string
  readonly owner: string
  readonly title: string
  readonly timeoutMs: number
  readonly attempts: number
  readonly nextAt: Date | null
}

interface DefinitionRow {
  name: string
  owner: string
  title: string
  every_ms: string | null
  cron: string | null
  timeout_ms: number
  attempts: number
  next_at: Date | null
}

function definitionOf(row: DefinitionRow): Definition {
  return {
    name: row.name,
    owner: row.owner,
    title: row.title,
    ...(row.every_ms === null ? {} : { everyMs: Number.parseInt(row.every_ms, 10) }),
    ...(row.cron === null ? {} : { cron: row.cron }),
    timeoutMs: row.timeout_ms,
    attempts: row.attempts,
    nextAt: row.next_at,
  }
}

export async function allDefinitions(database: Knex): Promise<readonly Definition[]> {
  return (await database<DefinitionRow>('jobs_definitions').orderBy('name')).map(definitionOf)
}

export async function findDefinition(database: Knex, name: string): Promise<Definition | undefined> {
  const row = await database<DefinitionRow>('jobs_definitions').where({ name }).first()
  return row && definitionOf(row)
}

/** Until the transaction ends nobody else begins a run of the job or moves its schedule. */
export async function lockDefinition(trx: Knex.Transaction, name: string): Promise<Definition | undefined> {
  const [row] = await selectRows<DefinitionRow>(
    trx,
    'SELECT * FROM jobs_definitions WHERE name = ? FOR UPDATE',
    [name],
  )
  return row && definitionOf(row)
}

/** Writes a job down. A schedule that has not changed keeps the time it is due next, be it in the past. */
export async function saveDefinition(
  database: Knex,
  owner: string,
  job: JobDeclaration,
  now: Date,
): Promise<void> {
  const { name, title, everyMs = null, cron = null, timeoutMs = TIMEOUT_MS, attempts = ATTEMPTS } = job
  const nextAt = nextDue(job, now, null)
  await execute(
    database,
    `INSERT INTO jobs_definitions (name, owner, title, every_ms, cron, timeout_ms, attempts, next_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE
       next_at = IF(every_ms <=> VALUES(every_ms) AND cron <=> VALUES(cron), next_at, VALUES(next_at)),
       owner = VALUES(owner), title = VALUES(title), every_ms = VALUES(every_ms), cron = VALUES(cron),
       timeout_ms = VALUES(timeout_ms), attempts = VALUES(attempts)`,
    [name, owner, title, everyMs, cron, timeoutMs, attempts, nextAt],
  )
}

export async function setNextAt(trx: Knex.Transaction, name: string, nextAt: Date | null): Promise<void> {
  await execute(trx, 'UPDATE jobs_definitions SET next_at = ? WHERE name = ?', [nextAt, name])
}

export async function deleteDefinitions(
  database: Knex,
  owner: string,
  except: readonly string[],
): Promise<void> {
  await database('jobs_definitions').where({ owner }).whereNotIn('name', except).delete()
}

/** Forgets an owner's jobs with all their runs. */
export async function deleteJobs(database: Knex, owner: string): Promise<void> {
  await database('jobs_runs').where({ owner }).delete()
  await deleteDefinitions(database, owner, [])
}
