/**
 * A wallet of a product: the ledger account `user:<id>/<wallet>` under a name that users read. A plugin names what it has
 * the grant for; an account that nobody names is counted all the same.
 */
export interface WalletDeclaration {
  /** `staking`, for `user:<id>/staking`. */
  readonly id: string
  /** Key in `locales`. */
  readonly title: string
  /** A lucide icon. */
  readonly icon: string
  /** Where what is in it is worked with: a path of the portal. */
  readonly link?: string
  /** The platform's own are 100 and 200. */
  readonly order: number
}

export interface NamedWallet extends WalletDeclaration {
  /** The plugin whose locales have the title, or `platform`. */
  readonly owner: string
}

export interface WalletRegistry {
  /** The wallets of an owner, in place of those it gave before. */
  publish(owner: string, wallets: readonly WalletDeclaration[]): void
  withdraw(owner: string): void
  list(): readonly NamedWallet[]
}

export const platformWallets: readonly WalletDeclaration[] = [
  { id: 'funding', title: 'wallets.funding', icon: 'i-lucide-wallet', order: 100 },
  { id: 'spot', title: 'wallets.spot', icon: 'i-lucide-chart-candlestick', order: 200 },
]

/** What has no name of its own: the money of a product that is switched off. */
export const otherWallet: NamedWallet = {
  id: 'other',
  owner: 'platform',
  title: 'wallets.other',
  icon: 'i-lucide-archive',
  order: 9_000,
}

export function createWalletRegistry(): WalletRegistry {
  const named = new Map<string, readonly NamedWallet[]>()
  const registry: WalletRegistry = {
    publish: (owner, wallets) =>
      void named.set(
        owner,
        wallets.map((wallet) => ({ ...wallet, owner })),
      ),
    withdraw: (owner) => void named.delete(owner),
    list: () => [...named.values()].flat().toSorted((left, right) => left.order - right.order),
  }
  registry.publish('platform', platformWallets)
  return registry
}
