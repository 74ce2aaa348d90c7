import type {
  Access,
  ApiScope,
  EventDeclaration,
  FilterPoint,
  MetricDeclaration,
  NoticeKind,
  PermissionDeclaration,
  Route,
  RuleDeclaration,
  StrategyPoint,
  ToggleDeclaration,
} from '../contract/index.ts'
import type { ActivityKind } from '../activity/index.ts'
import type { OnboardingStep } from '../onboarding/index.ts'
import type { TaskSource } from '../tasks/index.ts'
import type { WalletDeclaration } from '../valuation/wallet-registry.ts'

export type { PermissionDeclaration }

/** What a plugin asks of the kernel beyond its own tables and routes. */
export interface Grants {
  /** Ledger accounts it may post to or from, `*` for one part: `fees:spot`, `user:*` + `/spot`. */
  readonly ledgerAccounts?: readonly string[]
  /** It may define markets in the engine, place orders in them and follow everybody's. */
  readonly engineMarkets?: boolean
  /** It may run house accounts that quote on its markets. */
  readonly houseAccounts?: boolean
  /** Hosts it may fetch from: `api.example.com`, `*.example.com` for one label more, `127.0.0.1:8080` with a port. */
  readonly outboundHosts?: readonly string[]
  /** Tables of others that it may read and not write. */
  readonly tables?: readonly string[]
  /** Events of others that it may listen to. */
  readonly events?: readonly string[]
  /** Filter points of others, and strategy points, that it may answer at. */
  readonly filters?: readonly string[]
  /** Strategy points of others that it may ask. */
  readonly strategies?: readonly string[]
  /** It may offer WebSocket endpoints of its own. */
  readonly sockets?: boolean
}

/** A page of the admin or of the portal. The host draws its route without running the plugin. */
export interface PageDeclaration {
  /** Unique in the plugin: `trade`. Its route name in the frontends is `<plugin>-<id>`. */
  readonly id: string
  /** Below `/` of the portal or `/admin` of the admin, vue-router syntax: `/trade/:marketId?`. */
  readonly path: string
  /** Key in the plugin's `locales`, without the plugin's prefix: `pages.trade.title`. */
  readonly title: string
  /** Name of the component: `SpotTradePage` is `portal/SpotTradePage.vue`. */
  readonly component: string
  /** Permission a user needs to see it; without one, everybody does. `signedIn` asks for a session only. */
  readonly permission?: string
  /** `wide` takes the whole window (a trading page); `standard` sits in the content column. */
  readonly layout?: 'standard' | 'wide'
  /** Key in `locales` of what the help says about the page: Markdown. */
  readonly help?: string
}

export interface NavigationDeclaration {
  readonly page: string
  /** Key in `locales`. */
  readonly title: string
  /** A lucide icon: `i-lucide-candlestick-chart`. */
  readonly icon: string
  /** Admin: operate, users, money, products, content, system. Portal: trade, earn, wallet, more. */
  readonly section: string
  /** Sorted ascending inside a section; the kernel's own entries use multiples of 100. */
  readonly order: number
}

export interface SlotDeclaration {
  /** A slot the host or another plugin offers, with its version: `portal.dashboard@1`. */
  readonly slot: string
  readonly id: string
  readonly component: string
  readonly order: number
  readonly permission?: string
  /** Key in `locales`: what it is called where users arrange what fills the slot. */
  readonly title?: string
}

/** Something one does from anywhere: an entry of the command palette. */
export interface ActionDeclaration {
  readonly id: string
  /** Key in `locales`, as is `keywords`: other words one may look for it by. */
  readonly title: string
  readonly keywords?: string
  readonly icon: string
  /** Where it is done, with a query if need be: `/earn?new=1`. */
  readonly to: string
  readonly order: number
  readonly permission?: string
}

export interface UserInterfaceDeclaration {
  readonly pages?: readonly PageDeclaration[]
  readonly navigation?: readonly NavigationDeclaration[]
  readonly slots?: readonly SlotDeclaration[]
  readonly actions?: readonly ActionDeclaration[]
}

/** A source of results for the search of one of the frontends; the code is in `PluginServer.search` under this id. */
export interface SearchDeclaration {
  /** `spot.markets` */
  readonly id: string
  /** Key in `locales`: the heading above its results. */
  readonly title: string
  readonly app: 'portal' | 'admin'
  /** Permission a user needs for it to be asked; `signedIn` asks for a session only. */
  readonly permission?: string
  /** Among headings whose best results match equally well. */
  readonly order: number
}

/** A Socket.IO channel the kernel owns for the plugin: `spot.book:BTC-USDT`, `spot.orders:me`. */
export interface ChannelDeclaration {
  /** `spot.book` */
  readonly name: string
  readonly title: string
  /** `user`: its only key is `me`, each user sees the own one. `public`: any key the plugin knows. */
  readonly access: 'public' | 'user'
}

/**
 * Work the kernel runs, one run of a job at a time over all nodes. Without a schedule it runs only when it is started.
 */
export interface JobDeclaration {
  /** `staking.accrual` */
  readonly name: string
  readonly title: string
  /** Runs so often, counted from the last time that was due. */
  readonly everyMs?: number
  /** Five or six fields in UTC: `0 3 * * *`. */
  readonly cron?: string
  /** A run that takes longer is aborted and counts as failed; ten minutes unless said. */
  readonly timeoutMs?: number
  /** How often a run is tried in all, with pauses that grow; 3 unless said. */
  readonly attempts?: number
}

/** A filter at a point the plugin or somebody else offers. */
export interface FilterDeclaration {
  /** `purchase.authorize@1` */
  readonly point: string
  /** `staking.cap`; the code behind it is in `PluginServer.filters` under this id. */
  readonly id: string
  /** Asked ascending; the kernel's own use multiples of 100. */
  readonly order: number
}

/** An answer to a strategy point; the operator chooses among those there are. */
export interface StrategyDeclaration {
  /** `assets.price@1` */
  readonly point: string
  /** `spot.lastTrade`; the code behind it is in `PluginServer.strategies` under this id. */
  readonly id: string
  readonly title: string
}

export interface PluginEvents {
  readonly emits?: readonly EventDeclaration[]
  /** Names of own or granted events; the code is in `PluginServer.listeners`. */
  readonly listens?: readonly string[]
}

/** A plain WebSocket endpoint at the front door, for programs: the kernel keeps the connections. */
export interface SocketDeclaration {
  /** `spot.stream` */
  readonly name: string
  /** Below `/<id>/`, without parameters: `/spot/stream`; reached at `/ws/spot/stream`. */
  readonly path: string
  readonly title: string
  readonly permission: Access
}

/** JSON Schema; a property with `format: 'secret'` is write-only and kept encrypted. */
export interface SettingsSchema {
  readonly type: 'object'
  readonly properties: Readonly<Record<string, object>>
  readonly required?: readonly string[]
}

export interface PluginManifest {
  /** Folder, table prefix, and prefix of every action, permission, route, page and component. */
  readonly id: string
  readonly version: string
  /** Semver range of the kernel's plugin interface. */
  readonly kernel: string
  readonly name: string
  /** One line for the marketplace card. */
  readonly summary: string
  /** A few sentences for its page; plain text, blank line between paragraphs. */
  readonly description: string
  readonly publisher: string
  readonly category: string
  /** A lucide icon. */
  readonly icon: string
  readonly requires?: Readonly<Record<string, string>>
  readonly grants?: Grants
  readonly permissions: readonly PermissionDeclaration[]
  readonly settings?: SettingsSchema
  /** Ledger accounts of its own, created on enable: `fees:spot`. */
  readonly accounts?: readonly { readonly id: string; readonly title: string }[]
  /** What API keys can be allowed beside what the platform offers; routes name it in `scope`. */
  readonly apiScopes?: readonly ApiScope[]
  readonly routes: readonly Route[]
  readonly channels?: readonly ChannelDeclaration[]
  readonly jobs?: readonly JobDeclaration[]
  /** Points where others may refuse; made with `filterPoint`. */
  readonly filterPoints?: readonly FilterPoint[]
  readonly filters?: readonly FilterDeclaration[]
  /** Made with `strategyPoint`. */
  readonly strategyPoints?: readonly StrategyPoint[]
  readonly strategies?: readonly StrategyDeclaration[]
  readonly events?: PluginEvents
  readonly sockets?: readonly SocketDeclaration[]
  /** What it writes into users' activity. */
  readonly activity?: readonly ActivityKind[]
  readonly search?: readonly SearchDeclaration[]
  /** First steps of a new user that lead to it; the code is in `PluginServer.onboarding`. */
  readonly onboarding?: readonly OnboardingStep[]
  /** Ledger accounts of users that it works with, under names that users read. */
  readonly wallets?: readonly WalletDeclaration[]
  /** Kinds of notices that users choose where to be told of. */
  readonly notices?: readonly NoticeKind[]
  /** What it measures of itself; made with `metricOf`. */
  readonly metrics?: readonly MetricDeclaration[]
  /** Rules that watch its figures; operators may change them and turn them off. */
  readonly alerts?: readonly RuleDeclaration[]
  /** What operators can turn on and off, for all users or for some; made with `toggleOf`. */
  readonly toggles?: readonly ToggleDeclaration[]
  /** What waits for operators on the home page of the admin; the code is in `PluginServer.tasks`. */
  readonly tasks?: readonly TaskSource[]
  /** What it may take where it runs apart: 128 unless said, and never more than the operator's limit. */
  readonly memoryMb?: number
  readonly ui?: { readonly admin?: UserInterfaceDeclaration; readonly portal?: UserInterfaceDeclaration }
}

/** Declares a plugin. Data only: the host draws menus, plan, role editor and documents from it without running it. */
export function definePlugin(manifest: PluginManifest): PluginManifest {
  return Object.freeze(manifest)
}
