import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { Registry } from 'prom-client'
import { createActivity, type Activity } from './activity/index.ts'
import { createAlerts, type Alerts } from './alerts/index.ts'
import { createLogger, type Implementation, type Logger, type Replaced } from './broker/index.ts'
import { systemClock, type Clock } from './clock.ts'
import type { PermissionDeclaration } from './contract/index.ts'
import { createEvents, type AroundDelivery, type Events } from './events/index.ts'
import {
  createFilters,
  createStrategies,
  filterImplementations,
  type Filters,
  type Strategies,
} from './filters/index.ts'
import { userErased, type Identity } from './identity/index.ts'
import { createJobs, type AroundRun, type Jobs } from './jobs/index.ts'
import type { ExtensionPointsOptions, Modules } from './extension-modules.ts'
import { publishKernel } from './kernel-contributions.ts'
import type { LedgerModule } from './ledger/index.ts'
import { createMail, type LetterLook, type Mail } from './mail/index.ts'
import { createPluginMetrics, type PluginMetrics } from './metrics/index.ts'
import { createNotifications, type Notifications } from './notifications/index.ts'
import { createOnboarding, type Onboarding } from './onboarding/index.ts'
import { createPersonalData, type PersonalData } from './personal-data/index.ts'
import type { HostPoints, Publication, SwitchedOff } from './plugins/index.ts'
import { createPreferences, type Preferences } from './preferences/index.ts'
import type { Realtime } from './realtime/index.ts'
import { createSearch, type Search } from './search/index.ts'
import { createSecretBox, createSettings, provideKeys, type Settings } from './settings/index.ts'
import { createWalletRegistry, type WalletRegistry } from './valuation/wallet-registry.ts'
import { createViews, type Views } from './views/index.ts'

interface Part {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
}

/** The kernel's extension points, made together because each leans on another. */
export interface ExtensionPoints extends HostPoints {
  /** What they serve, by owner. */
  readonly parts: Readonly<Record<string, Part>>
  readonly modules: Modules
  start(): Promise<void>
  /** Looks at everything that may be due, and resolves when what is due has been begun: after the clock was moved. */
  wake(): Promise<void>
  stop(): Promise<void>
}

function createModules(options: ExtensionPointsOptions): Modules {
  const {
    database,
    redis,
    identity,
    realtime,
    dataDirectory,
    clock = systemClock,
    logger = createLogger,
    around,
  } = options
  const events = createEvents({
    ...{ database, redis, clock, log: logger('events') },
    ...(around ? { around: around.delivery } : {}),
  })
  const settings = createSettings({ database, redis, dataDirectory, log: logger('settings') })
  const jobs = createJobs({
    ...{ database, redis, clock, realtime, log: logger('jobs') },
    ...(around ? { around: around.run } : {}),
  })
  const box = createSecretBox(provideKeys(dataDirectory))
  const mail = createMail({
    ...{ database, settings, jobs, box, clock, log: logger('mail'), look: options.letterLook },
    emailOf: async (userId) => (await identity.findUser(userId))?.email,
  })
  const notifications = createNotifications({
    ...{ database, realtime, clock, log: logger('notifications') },
    holdersOf: identity.holdersOf,
  })
  return {
    ...{ settings, jobs, mail, notifications },
    metrics: createPluginMetrics(options.registry ?? new Registry()),
    alerts: createAlerts({
      ...{ database, jobs, mail, notifications, realtime, box, clock, log: logger('alerts') },
      privateHosts: options.privateHosts ?? [],
    }),
    events,
    filters: createFilters(logger('filters')),
    strategies: createStrategies({ database, redis, log: logger('filters') }),
    personalData: createPersonalData({
      ...{ database, identity, clock, log: logger('personal-data') },
      isEmpty: async (userId) => {
        const { items } = await options.ledger.listAccounts({ prefix: `user:${userId}/`, limit: 500 })
        const balances = items.flatMap((account) => account.balances)
        return balances.every(({ available, held }) => available === '0' && held === '0')
      },
      onErased: (trx, userId) => events.emitAll(trx, userErased, [{ key: userId, data: { userId } }]),
    }),
    views: createViews({ database, realtime, clock }),
    activity: createActivity({ database, events, realtime, clock }),
    search: createSearch({ log: logger('search') }),
    onboarding: createOnboarding({ database, realtime, clock, log: logger('onboarding') }),
    preferences: createPreferences({ database, realtime, clock }),
    wallets: createWalletRegistry(),
  }
}

/** Waits for several things as for one. */
function together(parts: readonly Replaced[]): Replaced {
  return {
    inFlight: parts.reduce((sum, part) => sum + part.inFlight, 0),
    drained: async (deadlineMs) =>
      (await Promise.all(parts.map((part) => part.drained(deadlineMs)))).every(Boolean),
  }
}

function ofKind(contributions: readonly SwitchedOff[], kind: SwitchedOff['kind']): string[] {
  return contributions.filter((one) => one.kind === kind).map(({ id }) => id)
}

function createPublishing(
  modules: Modules,
  { sockets }: Realtime,
): Pick<HostPoints, 'publish' | 'withdraw' | 'setDisabled' | 'forget'> {
  const { settings, jobs, events, filters, strategies, notifications, personalData, views } = modules
  const { activity, search, onboarding, preferences, wallets, alerts, metrics } = modules
  return {
    publish({ manifest, extensions }: Publication) {
      const { id } = manifest
      filters.offer(id, manifest.filterPoints ?? [])
      filters.publish(id, manifest.filters ?? [], extensions.filters ?? {})
      strategies.offer(id, manifest.strategyPoints ?? [])
      strategies.publish(id, manifest.strategies ?? [], extensions.strategies ?? {})
      personalData.setKeeper(id, extensions)
      sockets.publish(id, manifest.sockets ?? [], extensions.sockets ?? {})
      activity.publish(id, manifest.name, manifest.activity ?? [])
      search.publish(id, manifest.search ?? [], extensions.search ?? {})
      onboarding.publish(id, manifest.onboarding ?? [], extensions.onboarding ?? {})
      wallets.publish(id, manifest.wallets ?? [])
      metrics.publish(id, manifest.metrics ?? [])
      notifications.publish(id, manifest.notices ?? [])
      alerts.publish(id, manifest.alerts ?? [])
      return together([
        jobs.publish({ owner: id, jobs: manifest.jobs ?? [], handlers: extensions.jobs ?? {} }),
        events.publish(id, extensions.listeners ?? {}),
      ])
    },
    withdraw(id) {
      filters.offer(id, [])
      filters.withdraw(id)
      strategies.offer(id, [])
      strategies.withdraw(id)
      personalData.setKeeper(id, undefined)
      sockets.withdraw(id)
      search.withdraw(id)
      onboarding.withdraw(id)
      wallets.withdraw(id)
      metrics.withdraw(id)
      notifications.publish(id, [])
      alerts.withdraw(id)
      return together([jobs.withdraw(id), events.withdraw(id)])
    },
    setDisabled(id, contributions) {
      jobs.setDisabled(id, ofKind(contributions, 'job'))
      events.setDisabled(id, ofKind(contributions, 'event'))
      filters.setDisabled(id, ofKind(contributions, 'filter'))
      strategies.setDisabled(id, ofKind(contributions, 'strategy'))
      sockets.setDisabled(id, ofKind(contributions, 'socket'))
    },
    async forget(id) {
      activity.withdraw(id)
      const kept = [
        ...[settings, jobs, events, strategies, notifications, views, activity, onboarding],
        ...[preferences, alerts],
      ]
      for (const part of kept) await part.forget(id)
    },
  }
}

/** What of a user a plugin is told. */
function pluginUser(user: Awaited<ReturnType<Identity['findUser']>>) {
  if (!user) return undefined
  const { id, email, level, isHouse, createdAt } = user
  return { id, email, level, isHouse, createdAt }
}

export function createExtensionPoints(options: ExtensionPointsOptions): ExtensionPoints {
  const { identity, clock = systemClock } = options
  const modules = createModules(options)
  const { settings, jobs, events, filters, strategies, notifications, personalData, views } = modules
  const { activity, search, onboarding, preferences } = modules
  publishKernel(modules, options)
  return {
    ...{ clock, modules, settings, filters, strategies, events, notifications, activity },
    metrics: modules.metrics,
    ...createPublishing(modules, options.realtime),
    jobs: { start: (owner, name, data, start) => jobs.start(owner, name, data, start) },
    users: {
      find: async (userId) => pluginUser(await identity.findUser(userId)),
      findByEmail: async (email) => pluginUser(await identity.findUserByEmail(email)),
    },
    parts: {
      settings,
      jobs,
      events,
      filters: {
        implementations: filterImplementations(filters, strategies),
        permissions: [
          { id: 'filters.points.manage', title: 'See filters and choose strategies', roles: ['admin'] },
        ],
      },
      notifications,
      personalData,
      ...{ views, activity, search, onboarding, preferences, mail: modules.mail, alerts: modules.alerts },
    },
    async start() {
      await settings.start()
      await strategies.start()
      await modules.alerts.start()
      await events.start()
      await jobs.begin()
    },
    async wake() {
      events.wake()
      await jobs.wake()
    },
    async stop() {
      await jobs.stop()
      await events.stop()
      strategies.stop()
      settings.stop()
      modules.mail.stop()
    },
  }
}
