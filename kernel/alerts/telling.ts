import type { Knex } from 'knex'
import type { Logger } from '../broker/index.ts'
import type { Clock } from '../clock.ts'
import { backoffMs } from '../jobs/index.ts'
import { letterTexts, type Letter, type Mail } from '../mail/index.ts'
import type { Notifications } from '../notifications/index.ts'
import { indicatorOf } from '../metrics/index.ts'
import type { SecretBox } from '../settings/index.ts'
import { contentOf, findChannel, secretOf, type ChannelRow } from './channels-table.ts'
import { dueDeliveries, updateDelivery, type DeliveryRow, type Told, type Turn } from './deliveries-table.ts'
import { figureText } from './figure-text.ts'
import { postWebhook } from './webhook.ts'

export interface TellingParts {
  readonly database: Knex
  readonly mail: Pick<Mail, 'sendNow' | 'publicAddress'>
  readonly notifications: Pick<Notifications, 'notify'>
  readonly box: SecretBox
  readonly clock: Clock
  readonly log: Logger
  readonly privateHosts: ReadonlySet<string>
  /** Called when a delivery is to be tried again. */
  readonly again: (key: string, delayMs: number) => Promise<void>
  readonly onChange: () => void
}

const ATTEMPTS_MAX = 8
/** Receivers are away for minutes rather than seconds. */
const PATIENCE = 5
const ANSWER_LENGTH_MAX = 500

/** Only operators may read alerts, so only they are told in the bell. */
export const ALERTS_PERMISSION = 'alerts.alerts.read'

function figures(told: Told) {
  const unit = indicatorOf(told.indicator)?.unit
  return { value: figureText(told.value, unit), threshold: figureText(told.threshold, unit) }
}

function letterOf(told: Told, turn: Turn): Letter {
  const text = letterTexts(null)
  const { value, threshold } = figures(told)
  const severity = text(`alert.severity.${told.severity}`)
  const words = { title: told.title, severity }
  const body = { firing: 'alert.body', resolved: 'alert.resolvedBody', test: 'alert.testBody' }[turn]
  const facts = [
    { label: text('alert.severityLabel'), value: severity },
    { label: text('alert.subjectLabel'), value: told.subject },
    { label: text('alert.value'), value },
    { label: text('alert.threshold'), value: `${told.comparison === 'above' ? '>' : '<'} ${threshold}` },
    { label: text('alert.since'), value: `${told.since.slice(0, 16).replace('T', ' ')} UTC` },
  ]
  return {
    language: 'en',
    subject: text(`alert.${turn}`, words),
    title: text(`alert.${turn}Title`, words),
    paragraphs: [text(body)],
    facts: turn === 'test' ? [] : facts.filter((fact) => fact.value !== ''),
    action: { label: text('alert.action'), path: '/admin/alerts' },
    footnote: text('alert.footnote'),
  }
}

function payloadOf({ id, turn, created_at: at }: DeliveryRow, told: Told, link: string | null): object {
  const { alertId, ruleId, title, subject, severity, indicator, comparison, threshold, value, since } = told
  return {
    id,
    event: `alert.${turn}`,
    at: at.toISOString(),
    alert: {
      id: alertId,
      rule: ruleId,
      title,
      subject,
      severity,
      indicator,
      comparison,
      threshold,
      value,
      since,
    },
    link,
  }
}

async function tellInBell({ notifications }: TellingParts, row: DeliveryRow, told: Told): Promise<string> {
  const { value, threshold } = figures(told)
  const subject = told.subject === '' ? '' : `: ${told.subject}`
  await notifications.notify('platform', {
    permission: ALERTS_PERMISSION,
    kind: 'platform.alert',
    title: `notices.alert.${row.turn}.title`,
    body: `notices.alert.${row.turn}.body`,
    data: { title: told.title, subject, value, threshold },
    link: '/admin/alerts',
    key: `${told.alertId}:${row.turn}`,
  })
  return ''
}

async function tellByLetter(parts: TellingParts, channel: ChannelRow, row: DeliveryRow, told: Told) {
  const answers = []
  for (const [index, to] of (contentOf(channel).recipients ?? []).entries())
    answers.push(await parts.mail.sendNow({ to, letter: letterOf(told, row.turn) }, `${row.id}.${index}`))
  return answers.at(-1) ?? ''
}

async function tellWebhook(parts: TellingParts, channel: ChannelRow, row: DeliveryRow, told: Told) {
  const base = parts.mail.publicAddress
  const link = base === undefined ? null : new URL('/admin/alerts', base).href
  return postWebhook(
    {
      address: contentOf(channel).address ?? '',
      secret: secretOf(parts.box, channel),
      deliveryId: row.id,
      event: `alert.${row.turn}`,
      body: payloadOf(row, told, link),
      now: parts.clock.now(),
    },
    parts.privateHosts,
  )
}

/** Tells one delivery on its channel and writes down what became of it; a test is tried once. */
export async function tell(parts: TellingParts, row: DeliveryRow): Promise<void> {
  const { database, clock, log } = parts
  const beganMs = performance.now()
  const attempts = row.attempts + 1
  const change = (end: Partial<DeliveryRow>) => {
    const duration = Math.round(performance.now() - beganMs)
    return updateDelivery(database, row.id, { attempts, duration_ms: duration, ...end })
  }
  try {
    const channel = await findChannel(database, row.channel_id)
    if (!channel) throw new Error('The channel was removed.')
    const told = JSON.parse(row.content) as Told
    const ways = { notice: tellInBell, email: tellByLetter, webhook: tellWebhook } as const
    const answer =
      channel.kind === 'notice'
        ? await ways.notice(parts, row, told)
        : await ways[channel.kind](parts, channel, row, told)
    await change({
      state: 'sent',
      answer: answer.slice(0, ANSWER_LENGTH_MAX) || null,
      finished_at: clock.now(),
    })
  } catch (error) {
    const answer = (error instanceof Error ? error.message : String(error)).slice(0, ANSWER_LENGTH_MAX)
    log.warn('an alert could not be told', { delivery: row.id, attempts, reason: answer })
    if (row.turn === 'test' || attempts >= ATTEMPTS_MAX) {
      await change({ state: 'failed', answer, finished_at: clock.now() })
    } else {
      const delayMs = backoffMs(attempts) * PATIENCE
      await change({ answer, next_at: new Date(clock.now().getTime() + delayMs) })
      await parts.again(`${row.id}:${attempts}`, delayMs)
    }
  }
  parts.onChange()
}

/** All that is due, a few at once, so that one receiver that hangs does not keep the others waiting for long. */
export async function tellDue(parts: TellingParts, signal: AbortSignal): Promise<{ told: number }> {
  let told = 0
  for (;;) {
    const due = await dueDeliveries(parts.database, parts.clock.now())
    if (due.length === 0 || signal.aborted) return { told }
    for (let start = 0; start < due.length && !signal.aborted; start += 5) {
      const some = due.slice(start, start + 5)
      await Promise.all(some.map((row) => tell(parts, row)))
      told += some.length
    }
  }
}
