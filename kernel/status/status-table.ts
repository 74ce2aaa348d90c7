import type { Knex } from 'knex'
import { execute, selectRows } from '../database/index.ts'
import type { LookedAt } from './part-states.ts'
import type { PartState } from './routes.ts'

export interface PartRow {
  readonly part_id: string
  readonly name: string
  readonly state: PartState
  readonly since: Date
  readonly sampled_at: Date
}

export interface DayRow {
  readonly part_id: string
  readonly day: string
  readonly operational_ms: number
  readonly degraded_ms: number
  readonly down_ms: number
  readonly maintenance_ms: number
}

export async function readParts(database: Knex): Promise<readonly PartRow[]> {
  return database<PartRow>('status_parts').orderBy('part_id')
}

export async function writePart(
  database: Knex,
  { id, name, state }: LookedAt,
  { since, at }: { readonly since: Date; readonly at: Date },
): Promise<void> {
  await database('status_parts')
    .insert({ part_id: id, name, state, since, sampled_at: at })
    .onConflict('part_id')
    .merge()
}

/** A product that was disabled has no state; what it did is kept for when it is back. */
export async function removeParts(database: Knex, ids: readonly string[]): Promise<void> {
  await database('status_parts').whereIn('part_id', ids).delete()
}

const columns = {
  operational: 'operational_ms',
  degraded: 'degraded_ms',
  down: 'down_ms',
  maintenance: 'maintenance_ms',
} as const

export async function addTime(
  database: Knex,
  { partId, state, day, ms }: { partId: string; state: PartState; day: string; ms: number },
): Promise<void> {
  const column = columns[state]
  await execute(
    database,
    `INSERT INTO status_days (part_id, day, ${column}) VALUES (?, ?, ?)
     ON DUPLICATE KEY UPDATE ${column} = ${column} + VALUES(${column})`,
    [partId, day, ms],
  )
}

export async function readDays(database: Knex, since: string): Promise<readonly DayRow[]> {
  return selectRows<DayRow>(
    database,
    `SELECT part_id, DATE_FORMAT(day, '%Y-%m-%d') day, operational_ms, degraded_ms, down_ms, maintenance_ms
     FROM status_days WHERE day >= ? ORDER BY status_days.day`,
    [since],
  )
}
