import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { Registry } from 'prom-client'
import { createActivity, type Activity } from './activity/index.ts'
import { createAlerts, type Alerts } from './alerts/index.ts'
import { type Logger } from './broker/index.ts'
import { type Clock } from './clock.ts'
import { createEvents, type AroundDelivery, type Events } from './events/index.ts'
import { createFilters, createStrategies, type Filters, type Strategies } from './filters/index.ts'
import { userErased, type Identity } from './identity/index.ts'
import { createJobs, type AroundRun, type Jobs } from './jobs/index.ts'
import type { LedgerModule } from './ledger/index.ts'
import { createMail, type LetterLook, type Mail } from './mail/index.ts'
import { createPluginMetrics, type PluginMetrics } from './metrics/index.ts'
import { createNotifications, type Notifications } from './notifications/index.ts'
import { createOnboarding, type Onboarding } from './onboarding/index.ts'
import { createPersonalData, type PersonalData } from './personal-data/index.ts'
import { createPreferences, type Preferences } from './preferences/index.ts'
import type { Realtime } from './realtime/index.ts'
import { createSearch, type Search } from './search/index.ts'
import { createSecretBox, createSettings, provideKeys, type Settings } from './settings/index.ts'
import { createTasks, type Tasks } from './tasks/index.ts'
import { createToggles, type Toggles } from './toggles/index.ts'
import { createWalletRegistry, type WalletRegistry } from './valuation/wallet-registry.ts'
import { createViews, type Views } from './views/index.ts'

export interface ExtensionPointsOptions {
  readonly database: Knex
  readonly redis: Redis
  readonly identity: Identity
  readonly ledger: LedgerModule
  readonly realtime: Realtime
  readonly dataDirectory: string
  readonly clock: Clock
  readonly logger: (owner: string) => Logger
  /** Where plugins' own metrics stand among the kernel's. */
  readonly registry?: Registry
  /** `host:port` inside the network that webhooks may reach. */
  readonly privateHosts?: readonly string[] | undefined
  /** How letters look. */
  readonly letterLook: () => Promise<LetterLook>
  /** Count and trace runs of jobs and deliveries of events. */
  readonly around?: { readonly run: AroundRun; readonly delivery: AroundDelivery }
}

/** The modules behind the extension points. */
export interface Modules {
  readonly settings: Settings
  readonly jobs: Jobs
  readonly events: Events
  readonly filters: Filters
  readonly strategies: Strategies
  readonly notifications: Notifications
  readonly personalData: PersonalData
  readonly views: Views
  readonly activity: Activity
  readonly search: Search
  readonly onboarding: Onboarding
  readonly preferences: Preferences
  readonly wallets: WalletRegistry
  readonly mail: Mail
  readonly alerts: Alerts
  readonly toggles: Toggles
  readonly tasks: Tasks
  readonly metrics: PluginMetrics
}

type Work = Pick<Modules, 'events' | 'jobs'>

/** What is done later: told to others, or run by a job. */
function createWork({ database, redis, realtime, clock, logger, around }: ExtensionPointsOptions): Work {
  return {
    events: createEvents({
      database,
      redis,
      clock,
      log: logger('events'),
      ...(around ? { around: around.delivery } : {}),
    }),
    jobs: createJobs({
      database,
      redis,
      clock,
      realtime,
      log: logger('jobs'),
      ...(around ? { around: around.run } : {}),
    }),
  }
}

type Telling = Pick<Modules, 'settings' | 'mail' | 'notifications' | 'alerts'>

/** What tells users and operators something, and the settings letters go by. */
function createTelling(options: ExtensionPointsOptions, { jobs }: Work): Telling {
  const { database, redis, identity, realtime, dataDirectory, clock, logger } = options
  const settings = createSettings({ database, redis, realtime, dataDirectory, log: logger('settings') })
  const box = createSecretBox(provideKeys(dataDirectory))
  const mail = createMail({
    database,
    settings,
    jobs,
    box,
    clock,
    log: logger('mail'),
    look: options.letterLook,
    emailOf: async (userId) => (await identity.findUser(userId))?.email,
  })
  const notifications = createNotifications({
    database,
    realtime,
    clock,
    log: logger('notifications'),
    holdersOf: identity.holdersOf,
  })
  const alerts = createAlerts({
    database,
    jobs,
    mail,
    notifications,
    realtime,
    box,
    clock,
    log: logger('alerts'),
    privateHosts: options.privateHosts ?? [],
  })
  return { settings, mail, notifications, alerts }
}

function createUserData(options: ExtensionPointsOptions, events: Events): PersonalData {
  const { database, identity, ledger, clock, logger } = options
  return createPersonalData({
    database,
    identity,
    clock,
    log: logger('personal-data'),
    isEmpty: async (userId) => {
      const { items } = await ledger.listAccounts({ prefix: `user:${userId}/`, limit: 500 })
      const balances = items.flatMap((account) => account.balances)
      return balances.every(({ available, held }) => available === '0' && held === '0')
    },
    onErased: (trx, userId) => events.emitAll(trx, userErased, [{ key: userId, data: { userId } }]),
  })
}

/** The modules behind the extension points, made together because each leans on another. */
export function createModules(options: ExtensionPointsOptions): Modules {
  const { database, redis, realtime, clock, logger } = options
  const work = createWork(options)
  const { events } = work
  return {
    ...work,
    ...createTelling(options, work),
    metrics: createPluginMetrics(options.registry ?? new Registry()),
    filters: createFilters(logger('filters')),
    strategies: createStrategies({ database, redis, log: logger('filters') }),
    personalData: createUserData(options, events),
    views: createViews({ database, realtime, clock }),
    activity: createActivity({ database, events, realtime, clock }),
    search: createSearch({ log: logger('search') }),
    onboarding: createOnboarding({ database, realtime, clock, log: logger('onboarding') }),
    toggles: createToggles({
      database,
      redis,
      realtime,
      clock,
      log: logger('toggles'),
      findUser: options.identity.findUser,
    }),
    tasks: createTasks({ log: logger('tasks') }),
    preferences: createPreferences({ database, realtime, clock }),
    wallets: createWalletRegistry(),
  }
}
