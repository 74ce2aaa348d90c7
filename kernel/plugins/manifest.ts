import type { PermissionDeclaration, Route } from '../contract/index.ts'

export type { PermissionDeclaration }

/** What a plugin asks of the kernel beyond its own tables and routes. */
export interface Grants {
  /** Ledger accounts it may post to or from, `*` for one part: `fees:spot`, `user:*` + `/spot`. */
  readonly ledgerAccounts?: readonly string[]
  /** It may define markets in the engine and place orders in them. */
  readonly engineMarkets?: boolean
  /** It may run house accounts that quote on its markets. */
  readonly houseAccounts?: boolean
  readonly outboundHosts?: readonly string[]
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
}

export interface UserInterfaceDeclaration {
  readonly pages?: readonly PageDeclaration[]
  readonly navigation?: readonly NavigationDeclaration[]
  readonly slots?: readonly SlotDeclaration[]
}

/** A Socket.IO channel the kernel owns for the plugin: `spot.book:BTC-USDT`, `spot.orders:me`. */
export interface ChannelDeclaration {
  /** `spot.book` */
  readonly name: string
  readonly title: string
  /** `user`: its only key is `me`, each user sees the own one. `public`: any key the plugin knows. */
  readonly access: 'public' | 'user'
}

export interface JobDeclaration {
  /** `spot.settlement` */
  readonly name: string
  readonly title: string
  readonly everyMs: number
}

export interface SettingsSchema {
  readonly type: 'object'
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>
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
  readonly routes: readonly Route[]
  readonly channels?: readonly ChannelDeclaration[]
  readonly jobs?: readonly JobDeclaration[]
  readonly ui?: { readonly admin?: UserInterfaceDeclaration; readonly portal?: UserInterfaceDeclaration }
}

/** Declares a plugin. Data only: the host draws menus, plan, role editor and documents from it without running it. */
export function definePlugin(manifest: PluginManifest): PluginManifest {
  return Object.freeze(manifest)
}
