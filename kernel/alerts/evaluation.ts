import type { Knex } from 'knex'
import type { Values } from '../metrics/index.ts'
import {
  activeAlerts,
  deleteAlert,
  insertAlert,
  ruleColumns,
  updateAlert,
  type AlertRow,
} from './alerts-table.ts'
import { takes, type ChannelRow } from './channels-table.ts'
import { channelsTold, insertDelivery, toldOf, type Turn } from './deliveries-table.ts'
import { findingsOf, type Finding } from './rule.ts'
import type { ActiveRule } from './rules-table.ts'
import { isSilenced, type SilenceRow } from './silences-table.ts'

export interface Evaluation {
  readonly rules: readonly ActiveRule[]
  readonly values: Values
  readonly silences: readonly SilenceRow[]
  readonly channels: readonly ChannelRow[]
  readonly now: Date
}

/** It has to be good for that long before it is over: what flickers is one alert. */
const CALM_MS = 30_000
/** A rule over many subjects tells of no more than these. */
const SUBJECTS_MAX = 50

/** Takes alerts from pending over firing to resolved, and writes down whom to tell. Answers whether anything changed. */
export async function evaluate(trx: Knex.Transaction, evaluation: Evaluation): Promise<boolean> {
  const known = await activeAlerts(trx)
  const on = evaluation.rules.filter(({ isOn }) => isOn)
  const ids = new Set(on.map(({ id }) => id))
  let hasChanged = false
  for (const rule of on) {
    const own = known.filter((alert) => alert.rule_id === rule.id)
    hasChanged = (await evaluateRule(trx, rule, own, evaluation)) || hasChanged
  }
  // Nobody watches any more what a rule found that is off or gone.
  for (const alert of known.filter(({ rule_id: ruleId }) => !ids.has(ruleId))) {
    await end(trx, alert, evaluation)
    hasChanged = true
  }
  return hasChanged
}

async function evaluateRule(
  trx: Knex.Transaction,
  rule: ActiveRule,
  known: readonly AlertRow[],
  evaluation: Evaluation,
): Promise<boolean> {
  const findings = findingsOf(rule, evaluation.values)
  // Without figures what fires goes on, and what might have fired is not held against anybody.
  if (!findings) {
    const pending = known.filter(({ state }) => state === 'pending')
    for (const { id } of pending) await deleteAlert(trx, id)
    return pending.length > 0
  }
  const bySubject = new Map(known.map((alert) => [alert.subject, alert]))
  const found = new Map(findings.map((finding) => [finding.subject, finding]))
  const wrong = findings.filter((finding) => finding.isBreached).slice(0, SUBJECTS_MAX)
  let hasChanged = false
  for (const finding of wrong) {
    const alert = bySubject.get(finding.subject)
    hasChanged = (await worsen(trx, { rule, finding, alert }, evaluation)) || hasChanged
  }
  for (const alert of known) {
    const finding = found.get(alert.subject)
    if (finding?.isBreached) continue
    hasChanged = (await improve(trx, alert, finding, evaluation)) || hasChanged
  }
  return hasChanged
}

async function worsen(
  trx: Knex.Transaction,
  { rule, finding, alert }: { rule: ActiveRule; finding: Finding; alert: AlertRow | undefined },
  evaluation: Evaluation,
): Promise<boolean> {
  const { now } = evaluation
  const { subject, value } = finding
  const row = alert ?? (await insertAlert(trx, { rule, subject, value, now }))
  const isDue = now.getTime() - row.pending_at.getTime() >= rule.forSeconds * 1_000
  const begins = row.state === 'pending' && isDue
  const next: AlertRow = {
    ...row,
    ...ruleColumns(rule),
    value,
    good_since: null,
    ...(begins ? { state: 'firing' as const, firing_at: now } : {}),
  }
  const tells = next.state === 'firing' && next.notified_at === null && !isSilenced(evaluation.silences, next)
  if (tells) {
    next.notified_at = now
    await tell(trx, next, 'firing', evaluation)
  }
  const { id: _, ...columns } = next
  await updateAlert(trx, row.id, columns)
  return alert === undefined || begins || tells || alert.value !== value
}

async function improve(
  trx: Knex.Transaction,
  alert: AlertRow,
  finding: Finding | undefined,
  evaluation: Evaluation,
): Promise<boolean> {
  const { now } = evaluation
  const value = finding?.value ?? alert.value
  const goodSince = alert.good_since ?? now
  const isCalm = now.getTime() - goodSince.getTime() >= CALM_MS
  if (alert.state === 'pending' || isCalm) {
    await end(trx, { ...alert, value }, evaluation)
    return true
  }
  await updateAlert(trx, alert.id, { good_since: goodSince, value })
  return alert.value !== value
}

async function end(trx: Knex.Transaction, alert: AlertRow, evaluation: Evaluation): Promise<void> {
  if (alert.state === 'pending') return deleteAlert(trx, alert.id)
  const { value } = alert
  const over = { state: 'resolved', active_key: null, resolved_at: evaluation.now, value } as const
  await updateAlert(trx, alert.id, over)
  // Who was not told that it began need not be told that it is over.
  if (alert.notified_at !== null) await tell(trx, { ...alert, ...over }, 'resolved', evaluation)
}

async function tell(
  trx: Knex.Transaction,
  alert: AlertRow,
  turn: Turn,
  { channels, now }: Evaluation,
): Promise<void> {
  // That it is over is told to those who were told that it began, whatever they take by now.
  const began = turn === 'resolved' ? await channelsTold(trx, alert.id) : undefined
  for (const channel of channels.filter(({ is_on: isOn }) => isOn === 1)) {
    const isFor = began ? began.has(channel.id) : takes(channel, alert.severity)
    if (isFor) await insertDelivery(trx, { channelId: channel.id, turn, told: toldOf(alert), now })
  }
}
