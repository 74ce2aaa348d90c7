import type { Knex } from 'knex'
import { ulid } from '../broker/index.ts'
import type { Silence } from './routes.ts'

export interface SilenceRow {
  id: string
  /** Null for every rule. */
  rule_id: string | null
  /** Null for every subject. */
  subject: string | null
  reason: string
  created_by: string
  created_at: Date
  ends_at: Date
}

const ENDED_SHOWN_MS = 7 * 24 * 60 * 60_000
const table = (database: Knex) => database<SilenceRow>('alerts_silences')

export function lastingSilences(database: Knex, now: Date): Promise<readonly SilenceRow[]> {
  return table(database).where('ends_at', '>', now)
}

export async function shownSilences(database: Knex, now: Date): Promise<Silence[]> {
  const rows = await table(database)
    .where('ends_at', '>', new Date(now.getTime() - ENDED_SHOWN_MS))
    .orderBy('ends_at', 'desc')
    .limit(200)
  return rows.map(silenceOf)
}

export function isSilenced(
  silences: readonly SilenceRow[],
  alert: { readonly rule_id: string; readonly subject: string },
): boolean {
  return silences.some(
    ({ rule_id: ruleId, subject }) =>
      (ruleId === null || ruleId === alert.rule_id) && (subject === null || subject === alert.subject),
  )
}

export async function insertSilence(database: Knex, silence: Omit<SilenceRow, 'id'>): Promise<Silence> {
  const row = { id: ulid(), ...silence }
  await table(database).insert(row)
  return silenceOf(row)
}

export async function endSilenceRow(database: Knex, id: string, now: Date): Promise<boolean> {
  return (await table(database).where({ id }).where('ends_at', '>', now).update({ ends_at: now })) === 1
}

function silenceOf(row: SilenceRow): Silence {
  return {
    id: row.id,
    ruleId: row.rule_id,
    subject: row.subject,
    reason: row.reason,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    endsAt: row.ends_at.toISOString(),
  }
}
