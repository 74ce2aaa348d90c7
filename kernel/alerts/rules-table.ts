import type { Knex } from 'knex'
import { ulid } from '../broker/index.ts'
import { execute } from '../database/index.ts'
import type { Comparison, RuleContent, RuleDeclaration, Severity } from '../contract/index.ts'

/** A rule as it counts: as declared, or as an operator made it. */
export interface ActiveRule extends RuleContent {
  readonly id: string
  readonly origin: string
  readonly isOn: boolean
  readonly isChanged: boolean
  readonly revision: number
}

interface RuleRow {
  id: string
  is_own: number
  title: string
  indicator: string
  subject: string | null
  comparison: Comparison
  /** Figures are texts: what the columns of money must not be, none is. */
  threshold: string
  for_seconds: number
  severity: Severity
  is_on: number
  revision: number
  changed_by: string
  changed_at: Date
}

export interface DeclaredRule {
  readonly origin: string
  readonly rule: RuleDeclaration
}

export type RuleValues = RuleContent & { readonly isOn: boolean }

const table = (database: Knex) => database<RuleRow>('alerts_rules')

function contentOf(row: RuleRow): RuleValues {
  return {
    title: row.title,
    indicator: row.indicator,
    ...(row.subject === null ? {} : { subject: row.subject }),
    comparison: row.comparison,
    threshold: Number(row.threshold),
    forSeconds: row.for_seconds,
    severity: row.severity,
    isOn: row.is_on === 1,
  }
}

function columnsOf(values: RuleValues, changedBy: string, now: Date) {
  return {
    title: values.title,
    indicator: values.indicator,
    subject: values.subject ?? null,
    comparison: values.comparison,
    threshold: String(values.threshold),
    for_seconds: values.forSeconds,
    severity: values.severity,
    is_on: values.isOn ? 1 : 0,
    changed_by: changedBy,
    changed_at: now,
  }
}

/** Declared ones first, with what operators changed of them, then operators' own. */
export async function allRules(
  database: Knex,
  declared: readonly DeclaredRule[],
): Promise<readonly ActiveRule[]> {
  const rows = await table(database).orderBy('id')
  const byId = new Map(rows.map((row) => [row.id, row]))
  const known = declared.map(({ origin, rule }) => {
    const row = byId.get(rule.id)
    if (!row) return { ...rule, origin, isOn: true, isChanged: false, revision: 0 }
    return { ...contentOf(row), id: rule.id, origin, isChanged: true, revision: row.revision }
  })
  const own = rows
    .filter((row) => row.is_own === 1)
    .map((row) => ({
      ...contentOf(row),
      id: row.id,
      origin: 'operator',
      isChanged: false,
      revision: row.revision,
    }))
  return [...known, ...own]
}

export async function insertRule(
  database: Knex,
  values: RuleValues,
  changedBy: string,
  now: Date,
): Promise<string> {
  const id = ulid()
  await table(database).insert({ id, is_own: 1, revision: 1, ...columnsOf(values, changedBy, now) })
  return id
}

/** False when the rule is not at `revision` any more. */
export async function saveRule(
  database: Knex,
  rule: ActiveRule,
  values: RuleValues,
  { revision, changedBy, now }: { revision: number; changedBy: string; now: Date },
): Promise<boolean> {
  const columns = columnsOf(values, changedBy, now)
  if (revision > 0) {
    const changed = await table(database)
      .where({ id: rule.id, revision })
      .update({ ...columns, revision: revision + 1 })
    return changed === 1
  }
  const row = { id: rule.id, is_own: 0, revision: 1, ...columns }
  const names = Object.keys(row)
  const inserted = await execute(
    database,
    `INSERT IGNORE INTO alerts_rules (${names.join(', ')}) VALUES (?)`,
    [Object.values(row)],
  )
  return inserted === 1
}

export async function deleteRule(database: Knex, id: string): Promise<boolean> {
  return (await table(database).where({ id }).delete()) === 1
}

/** What was changed of the rules of a plugin that is uninstalled. */
export async function forgetRules(database: Knex, owner: string): Promise<void> {
  await table(database).where('id', 'like', `${owner}.%`).where({ is_own: 0 }).delete()
}
