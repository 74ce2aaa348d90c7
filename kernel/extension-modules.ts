import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import type { Registry } from 'prom-client'
import type { Activity } from './activity/index.ts'
import type { Alerts } from './alerts/index.ts'
import type { Logger } from './broker/index.ts'
import type { Clock } from './clock.ts'
import type { AroundDelivery, Events } from './events/index.ts'
import type { Filters, Strategies } from './filters/index.ts'
import type { Identity } from './identity/index.ts'
import type { AroundRun, Jobs } from './jobs/index.ts'
import type { LedgerModule } from './ledger/index.ts'
import type { LetterLook, Mail } from './mail/index.ts'
import type { PluginMetrics } from './metrics/index.ts'
import type { Notifications } from './notifications/index.ts'
import type { Onboarding } from './onboarding/index.ts'
import type { PersonalData } from './personal-data/index.ts'
import type { Preferences } from './preferences/index.ts'
import type { Realtime } from './realtime/index.ts'
import type { Search } from './search/index.ts'
import type { Settings } from './settings/index.ts'
import type { WalletRegistry } from './valuation/wallet-registry.ts'
import type { Views } from './views/index.ts'

export interface ExtensionPointsOptions {
  readonly database: Knex
  readonly redis: Redis
  readonly identity: Identity
  readonly ledger: LedgerModule
  readonly realtime: Realtime
  readonly dataDirectory: string
  readonly clock?: Clock
  readonly logger?: (owner: string) => Logger
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
  readonly metrics: PluginMetrics
}
