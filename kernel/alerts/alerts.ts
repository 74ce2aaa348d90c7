import type { Knex } from 'knex'
import { createLogger, ulid, type Implementation, type Logger } from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { PermissionDeclaration } from '../contract/index.ts'
import { execute, selectRows, transaction } from '../database/index.ts'
import type { JobPublication, Jobs } from '../jobs/index.ts'
import type { Mail } from '../mail/index.ts'
import type { Notifications } from '../notifications/index.ts'
import type { Values } from '../metrics/index.ts'
import type { SecretBox } from '../settings/index.ts'
import { alertsImplementations } from './alerts.service.ts'
import { forgetAlerts } from './alerts-table.ts'
import { allChannels, provideNoticeChannel } from './channels-table.ts'
import { forgetDeliveries } from './deliveries-table.ts'
import { evaluate } from './evaluation.ts'
import type { RuleDeclaration } from '../contract/index.ts'
import type { Channels } from '../channels.ts'
import { allRules, forgetRules, type DeclaredRule } from './rules-table.ts'
import { shippedRules } from './shipped-rules.ts'
import { lastingSilences } from './silences-table.ts'
import { ALERTS_PERMISSION, tellDue, type TellingParts } from './telling.ts'

export interface AlertsOptions {
  readonly database: Knex
  readonly jobs: Pick<Jobs, 'publish' | 'start'>
  readonly mail: Pick<Mail, 'sendNow' | 'publicAddress'>
  readonly notifications: Pick<Notifications, 'notify'>
  readonly realtime: Channels
  readonly box: SecretBox
  /** `host:port` of receivers inside the network that webhooks may reach all the same. */
  readonly privateHosts?: readonly string[]
  readonly node?: string
  readonly clock?: Clock
  readonly log?: Logger
}

export interface Figures {
  latest(): Promise<Values>
  /** Told when there are new ones. */
  onSample?(listener: () => void): void
}

export interface Alerts {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** The rules of an owner, in place of those it declared before. */
  publish(owner: string, rules: readonly RuleDeclaration[]): void
  withdraw(owner: string): void
  forget(owner: string): Promise<void>
  /** Where the figures come from; nothing is found before. */
  watch(figures: Figures): void
  /** Looks at the rules unless another node does, or did a moment ago. */
  look(): Promise<void>
  /** Names of metrics that rules watch, to be sampled. */
  watchedMetrics(): Promise<ReadonlySet<string>>
  start(): Promise<void>
}

const OWNER = 'alerts'
const CHANNEL = 'alerts.changes'
const TELL_JOB = 'alerts.tell'
const RETENTION_JOB = 'alerts.retention'
/** Nodes sample every ten seconds, each at its own moment; once in that time is enough. */
const PAUSE_MS = 8_000
const KEPT_DAYS = 90
const DAY_MS = 24 * 60 * 60_000

/** Does the work if this node has its turn: holding the row's lock, and nobody did it a moment ago. */
async function inTurn(
  { database, clock, node }: { database: Knex; clock: Clock; node: string },
  work: (trx: Knex.Transaction) => Promise<boolean>,
): Promise<boolean> {
  return transaction(database, async (trx) => {
    const [row] = await selectRows<{ looked_at: Date | null }>(
      trx,
      'SELECT looked_at FROM alerts_turns WHERE id = 1 FOR UPDATE SKIP LOCKED',
    )
    const now = clock.now()
    const isFresh = row?.looked_at != null && now.getTime() - row.looked_at.getTime() < PAUSE_MS
    if (!row || isFresh) return false
    await trx('alerts_turns').where({ id: 1 }).update({ node, looked_at: now })
    return work(trx)
  })
}

function alertJobs(
  database: Knex,
  clock: Clock,
  work: (signal: AbortSignal) => Promise<unknown>,
): JobPublication {
  return {
    owner: OWNER,
    jobs: [
      // Every alert starts it; the schedule is for those whose process died in between.
      { name: TELL_JOB, title: 'Tell of alerts', everyMs: 5 * 60_000, attempts: 1 },
      { name: RETENTION_JOB, title: 'Forget old alerts', everyMs: 6 * 60 * 60_000 },
    ],
    handlers: {
      [TELL_JOB]: ({ signal }) => work(signal),
      [RETENTION_JOB]: async () => {
        const before = new Date(clock.now().getTime() - KEPT_DAYS * DAY_MS)
        const alerts = await forgetAlerts(database, before)
        return { alerts, deliveries: await forgetDeliveries(database, before) }
      },
    },
  }
}

/** Rules over the platform's figures, what they found, and whom that is told. */
export function createAlerts(options: AlertsOptions): Alerts {
  const { database, jobs, realtime, clock = systemClock, log = createLogger('alerts') } = options
  const declared = new Map<string, readonly RuleDeclaration[]>([['platform', shippedRules]])
  const turn = { database, clock, node: options.node ?? ulid() }
  let figures: Figures | undefined

  const rules = () =>
    allRules(
      database,
      [...declared].flatMap(([origin, own]) => own.map((rule): DeclaredRule => ({ origin, rule }))),
    )
  const changed = (): void => realtime.publish(CHANNEL, 'all', { at: clock.now().toISOString() })
  const wake = async (key: string, delayMs = 0): Promise<void> => {
    await jobs.start(OWNER, TELL_JOB, undefined, { key, delayMs })
  }
  const telling: TellingParts = {
    database,
    mail: options.mail,
    notifications: options.notifications,
    box: options.box,
    clock,
    log,
    privateHosts: new Set(options.privateHosts ?? []),
    again: wake,
    onChange: changed,
  }

  async function lookNow(): Promise<void> {
    const values = await figures?.latest()
    if (!values || Object.keys(values).length === 0) return
    const [all, channels] = await Promise.all([rules(), allChannels(database)])
    const now = clock.now()
    const silences = await lastingSilences(database, now)
    const hasChanged = await inTurn(turn, (trx) =>
      evaluate(trx, { rules: all, values, silences, channels, now }),
    )
    if (!hasChanged) return
    changed()
    await wake(ulid())
  }

  const look = (): Promise<void> =>
    lookNow().catch((error: unknown) => log.warn('the rules could not be looked at', { error }))

  jobs.publish(alertJobs(database, clock, (signal) => tellDue(telling, signal)))
  realtime.provide(OWNER, { name: CHANNEL, access: ALERTS_PERMISSION }, async () => null)

  return {
    implementations: alertsImplementations({
      database,
      clock,
      telling,
      changed,
      rules,
      box: options.box,
      values: async () => (await figures?.latest()) ?? {},
    }),
    permissions: [
      { id: ALERTS_PERMISSION, title: 'See alerts', roles: ['admin'] },
      { id: 'alerts.rules.manage', title: 'Change rules, silences and channels of alerts', roles: ['admin'] },
    ],
    publish: (owner, own) => void declared.set(owner, own),
    withdraw: (owner) => void declared.delete(owner),
    forget: (owner) => forgetRules(database, owner),
    watch(watched) {
      figures = watched
      watched.onSample?.(() => void look())
    },
    look,
    async watchedMetrics() {
      const watched = (await rules()).filter(
        ({ isOn, indicator }) => isOn && indicator.startsWith('metrics.'),
      )
      return new Set(watched.flatMap(({ subject }) => (subject === undefined ? [] : [subject])))
    },
    async start() {
      await provideNoticeChannel(database, clock.now())
      await execute(database, 'INSERT IGNORE INTO alerts_turns (id) VALUES (1)')
    },
  }
}
