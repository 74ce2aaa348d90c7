import { createHash } from 'node:crypto'
import type { Knex } from 'knex'
import { ulid } from '../broker/index.ts'
import { indicatorOf } from '../metrics/index.ts'
import type { Alert } from './routes.ts'
import type { Comparison, RuleContent, Severity } from '../contract/index.ts'
import { isSilenced, type SilenceRow } from './silences-table.ts'

export interface AlertRow {
  id: string
  rule_id: string
  subject: string
  /** Unique: one alert of a rule and a subject at a time. Null when it is over. */
  active_key: string | null
  state: 'pending' | 'firing' | 'resolved'
  title: string
  severity: Severity
  indicator: string
  comparison: Comparison
  threshold: number
  value: number
  pending_at: Date
  firing_at: Date | null
  good_since: Date | null
  notified_at: Date | null
  resolved_at: Date | null
}

/** As it is kept: figures are texts. */
type StoredAlert = Omit<AlertRow, 'threshold' | 'value'> & {
  readonly threshold: string
  readonly value: string
}

const table = (database: Knex) => database<StoredAlert>('alerts_alerts')

function rowOf(stored: StoredAlert): AlertRow {
  return { ...stored, threshold: Number(stored.threshold), value: Number(stored.value) }
}

export function activeKey(ruleId: string, subject: string): string {
  return createHash('sha256').update(`${ruleId}\n${subject}`).digest('base64url')
}

export async function activeAlerts(database: Knex): Promise<readonly AlertRow[]> {
  return (await table(database).whereNotNull('active_key').orderBy('id')).map(rowOf)
}

/** What an alert shows of its rule, as the rule is now. */
export function ruleColumns(rule: RuleContent) {
  const { title, severity, indicator, comparison, threshold } = rule
  return { title, severity, indicator, comparison, threshold }
}

export async function insertAlert(
  trx: Knex.Transaction,
  found: {
    readonly rule: RuleContent & { readonly id: string }
    readonly subject: string
    readonly value: number
    readonly now: Date
  },
): Promise<AlertRow> {
  const { rule, subject, value, now } = found
  const row: AlertRow = {
    id: ulid(),
    rule_id: rule.id,
    subject,
    active_key: activeKey(rule.id, subject),
    ...ruleColumns(rule),
    state: 'pending',
    value,
    pending_at: now,
    firing_at: null,
    good_since: null,
    notified_at: null,
    resolved_at: null,
  }
  await table(trx).insert({ ...row, threshold: String(row.threshold), value: String(value) })
  return row
}

export async function updateAlert(
  trx: Knex.Transaction,
  id: string,
  change: Partial<AlertRow>,
): Promise<void> {
  const { threshold, value, ...columns } = change
  await table(trx)
    .where({ id })
    .update({
      ...columns,
      ...(threshold === undefined ? {} : { threshold: String(threshold) }),
      ...(value === undefined ? {} : { value: String(value) }),
    })
}

export async function deleteAlert(trx: Knex.Transaction, id: string): Promise<void> {
  await table(trx).where({ id }).delete()
}

export async function pastAlerts(
  database: Knex,
  { limit, cursor, ruleId }: { limit: number; cursor?: string; ruleId?: string },
): Promise<{ items: Alert[]; nextCursor?: string }> {
  const query = table(database)
    .where({ state: 'resolved' })
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (cursor !== undefined) void query.where('id', '<', cursor)
  if (ruleId !== undefined) void query.where({ rule_id: ruleId })
  const rows = await query
  const items = rows.slice(0, limit).map((row) => alertOf(rowOf(row), []))
  const last = items.at(-1)
  return rows.length > limit && last ? { items, nextCursor: last.id } : { items }
}

export function alertOf(row: AlertRow, silences: readonly SilenceRow[]): Alert {
  const { id, rule_id: ruleId, title, subject, severity, state, indicator, comparison, threshold } = row
  return {
    id,
    ruleId,
    title,
    subject,
    severity,
    state,
    indicator,
    comparison,
    threshold,
    unit: indicatorOf(indicator)?.unit ?? 'count',
    value: row.value,
    isSilenced: isSilenced(silences, row),
    pendingAt: row.pending_at.toISOString(),
    firingAt: row.firing_at?.toISOString() ?? null,
    resolvedAt: row.resolved_at?.toISOString() ?? null,
  }
}

export async function forgetAlerts(database: Knex, before: Date): Promise<number> {
  return table(database).where('resolved_at', '<', before).delete()
}
