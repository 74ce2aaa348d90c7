import type { Knex } from 'knex'
import { ulid } from '../broker/index.ts'
import { execute } from '../database/index.ts'
import type { AlertRow } from './alerts-table.ts'
import type { Delivery } from './routes.ts'
import type { Comparison, Severity } from '../contract/index.ts'

export type Turn = 'firing' | 'resolved' | 'test'

/** What is told, as it was when it was found. */
export interface Told {
  readonly alertId: string
  readonly ruleId: string
  readonly title: string
  readonly subject: string
  readonly severity: Severity
  readonly indicator: string
  readonly comparison: Comparison
  readonly threshold: number
  readonly value: number
  readonly since: string
}

export interface DeliveryRow {
  id: string
  channel_id: string
  alert_id: string
  turn: Turn
  content: string
  state: 'waiting' | 'sent' | 'failed'
  attempts: number
  next_at: Date
  answer: string | null
  duration_ms: number | null
  created_at: Date
  finished_at: Date | null
}

const DUE_MAX = 50
const table = (database: Knex) => database<DeliveryRow>('alerts_deliveries')

export function toldOf(row: AlertRow): Told {
  const { title, subject, severity, indicator, comparison, threshold, value } = row
  return {
    alertId: row.id,
    ruleId: row.rule_id,
    title,
    subject,
    severity,
    indicator,
    comparison,
    threshold,
    value,
    since: (row.firing_at ?? row.pending_at).toISOString(),
  }
}

/** Once for a channel, an alert and a turn of it. */
export async function insertDelivery(
  database: Knex,
  delivery: { readonly channelId: string; readonly turn: Turn; readonly told: Told; readonly now: Date },
): Promise<string> {
  const { channelId, turn, told, now } = delivery
  const id = ulid()
  await execute(
    database,
    `INSERT IGNORE INTO alerts_deliveries
       (id, channel_id, alert_id, turn, content, state, attempts, next_at, created_at) VALUES (?)`,
    [[id, channelId, told.alertId, turn, JSON.stringify(told), 'waiting', 0, now, now]],
  )
  return id
}

/** Channels on which it was told that an alert began. */
export async function channelsTold(database: Knex, alertId: string): Promise<ReadonlySet<string>> {
  const rows = await table(database).where({ alert_id: alertId, turn: 'firing' }).select('channel_id')
  return new Set(rows.map(({ channel_id: channelId }) => channelId))
}

export function dueDeliveries(database: Knex, now: Date): Promise<readonly DeliveryRow[]> {
  return table(database).where({ state: 'waiting' }).where('next_at', '<=', now).orderBy('id').limit(DUE_MAX)
}

export function findDelivery(database: Knex, id: string): Promise<DeliveryRow | undefined> {
  return table(database).where({ id }).first()
}

export async function updateDelivery(
  database: Knex,
  id: string,
  change: Partial<DeliveryRow>,
): Promise<void> {
  await table(database).where({ id }).update(change)
}

/** The latest of each channel. */
export async function lastDeliveries(database: Knex): Promise<ReadonlyMap<string, DeliveryRow>> {
  const latest = table(database).max('id').groupBy('channel_id')
  const rows = await table(database).whereIn('id', latest)
  return new Map(rows.map((row) => [row.channel_id, row]))
}

export async function pageOfDeliveries(
  database: Knex,
  query: { limit: number; cursor?: string; channelId?: string; state?: DeliveryRow['state'] },
): Promise<{ rows: DeliveryRow[]; nextCursor?: string }> {
  const { limit, cursor, channelId, state } = query
  const found = table(database)
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (cursor !== undefined) void found.where('id', '<', cursor)
  if (channelId !== undefined) void found.where({ channel_id: channelId })
  if (state !== undefined) void found.where({ state })
  const all = await found
  const rows = all.slice(0, limit)
  const last = rows.at(-1)
  return all.length > limit && last ? { rows, nextCursor: last.id } : { rows }
}

export function deliveryOf(row: DeliveryRow, channelName: string): Delivery {
  const told = JSON.parse(row.content) as Told
  return {
    id: row.id,
    channelId: row.channel_id,
    channelName,
    title: told.title,
    turn: row.turn,
    state: row.state,
    attempts: row.attempts,
    answer: row.answer,
    durationMs: row.duration_ms,
    createdAt: row.created_at.toISOString(),
    nextAt: row.state === 'waiting' ? row.next_at.toISOString() : null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  }
}

export async function forgetDeliveries(database: Knex, before: Date): Promise<number> {
  return table(database).where('created_at', '<', before).delete()
}
