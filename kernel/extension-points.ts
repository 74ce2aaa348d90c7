import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { createLogger, type Implementation, type Logger, type Replaced } from './broker/index.ts'
import { systemClock, type Clock } from './clock.ts'
import type { EventData, PermissionDeclaration } from './contract/index.ts'
import { createEvents, type AroundDelivery, type DeliveredEvent, type Events } from './events/index.ts'
import {
  createFilters,
  createStrategies,
  filterImplementations,
  purchaseFilters,
  type Filters,
  type Strategies,
} from './filters/index.ts'
import { deviceOf, levelChanged, securityRecorded, userErased, type Identity } from './identity/index.ts'
import { createJobs, type AroundRun, type Jobs } from './jobs/index.ts'
import type { Ledger } from './ledger/index.ts'
import { createNotifications, securityNotice, type Notifications } from './notifications/index.ts'
import { createPersonalData, type PersonalData } from './personal-data/index.ts'
import type { HostPoints, Publication, SwitchedOff } from './plugins/index.ts'
import type { Realtime } from './realtime/index.ts'
import { createSettings, type Settings } from './settings/index.ts'
import { createViews, type Views } from './views/index.ts'

export interface ExtensionPointsOptions {
  readonly database: Knex
  readonly redis: Redis
  readonly identity: Identity
  readonly ledger: Ledger
  readonly realtime: Realtime
  readonly dataDirectory: string
  readonly clock?: Clock
  readonly logger?: (owner: string) => Logger
  /** Count and trace runs of jobs and deliveries of events. */
  readonly around?: { readonly run: AroundRun; readonly delivery: AroundDelivery }
}

interface Part {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
}

interface Modules {
  readonly settings: Settings
  readonly jobs: Jobs
  readonly events: Events
  readonly filters: Filters
  readonly strategies: Strategies
  readonly notifications: Notifications
  readonly personalData: PersonalData
  readonly views: Views
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
  return {
    settings: createSettings({ database, redis, dataDirectory, log: logger('settings') }),
    jobs: createJobs({
      ...{ database, redis, clock, realtime, log: logger('jobs') },
      ...(around ? { around: around.run } : {}),
    }),
    events,
    filters: createFilters(logger('filters')),
    strategies: createStrategies({ database, redis, log: logger('filters') }),
    notifications: createNotifications({
      ...{ database, realtime, clock, log: logger('notifications') },
      holdersOf: identity.holdersOf,
    }),
    personalData: createPersonalData({
      ...{ database, identity, clock, log: logger('personal-data') },
      onErased: (trx, userId) => events.emitAll(trx, userErased, [{ key: userId, data: { userId } }]),
    }),
    views: createViews({ database, realtime, clock }),
  }
}

/** The kernel's own filters, listeners and jobs: they stand in the same rows as those of plugins. */
function publishKernel(modules: Modules, { identity, ledger }: ExtensionPointsOptions): void {
  const { filters, events, jobs, notifications, personalData, views } = modules
  const own = purchaseFilters({ ledger, findUser: identity.findUser })
  filters.publish('kernel', own.declared, own.filters)
  identity.onLevelChange((trx, step) => events.emitAll(trx, levelChanged, [{ key: step.userId, data: step }]))
  identity.onSecurityRecord((trx, { id, userId, kind, client, at }) => {
    const { browser, system } = deviceOf(client?.userAgent ?? '')
    const data = { id, userId, kind, address: client?.address ?? '', browser, system, at: at.toISOString() }
    return events.emitAll(trx, securityRecorded, [{ key: userId, data }])
  })
  events.publish('notifications', {
    [securityRecorded.name]: async ({ id, data }: DeliveredEvent<EventData<typeof securityRecorded>>) => {
      const notice = securityNotice(data)
      if (notice) await notifications.notify('platform', { ...notice, key: id })
    },
    [levelChanged.name]: async ({ id, data }: { id: string; data: { userId: string; levelAfter: number } }) =>
      notifications.notify('platform', {
        userId: data.userId,
        kind: 'platform.level',
        title: 'notices.level.title',
        body: 'notices.level.body',
        data: { level: data.levelAfter },
        key: id,
      }),
  })
  personalData.setKeeper('notifications', notifications)
  personalData.setKeeper('security', { exportUser: identity.exportUser })
  personalData.setKeeper('views', views)
  jobs.publish({
    owner: 'kernel',
    jobs: [
      { name: 'kernel.retention', title: 'Forget old events and notices', everyMs: 60 * 60_000 },
      { name: 'kernel.erasures', title: 'Erase users where a plugin was away', everyMs: 60 * 60_000 },
    ],
    handlers: {
      'kernel.retention': async () => ({
        events: await events.forgetOld(),
        notices: await notifications.forgetOld(),
        signIns: await identity.forgetOld(),
      }),
      'kernel.erasures': async () => ({ erased: await personalData.catchUp() }),
    },
  })
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
  return {
    publish({ manifest, extensions }: Publication) {
      const { id } = manifest
      filters.offer(id, manifest.filterPoints ?? [])
      filters.publish(id, manifest.filters ?? [], extensions.filters ?? {})
      strategies.offer(id, manifest.strategyPoints ?? [])
      strategies.publish(id, manifest.strategies ?? [], extensions.strategies ?? {})
      personalData.setKeeper(id, extensions)
      sockets.publish(id, manifest.sockets ?? [], extensions.sockets ?? {})
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
      for (const part of [settings, jobs, events, strategies, notifications, views]) await part.forget(id)
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
  publishKernel(modules, options)
  return {
    ...{ clock, modules, settings, filters, strategies, events, notifications },
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
      views,
    },
    async start() {
      await settings.start()
      await strategies.start()
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
    },
  }
}
