import type { Knex } from 'knex'
import { implement, type Implementation } from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { PermissionDeclaration, ResultOf } from '../contract/index.ts'
import { assetPrice } from '../filters/routes.ts'
import type { Ledger } from '../ledger/index.ts'
import { addDecimals, fixDecimals, multiplyDecimals } from '../money/index.ts'
import type { Channels } from '../channels.ts'
import { listAssets, listWallets, listWorthDays, showWorth } from './routes.ts'
import { amountsByAsset, walletAmounts, type WalletAmount, type WalletAmountParts } from './wallet-amounts.ts'
import { otherWallet, type WalletRegistry } from './wallet-registry.ts'
import { dayOf, eraseWorthDays, exportWorthDays, keepWorth, readWorthDays } from './worth-days.ts'

export interface ValuationOptions extends WalletAmountParts {
  readonly database: Knex
  readonly ledger: WalletAmountParts['ledger'] & Pick<Ledger, 'assets'>
  readonly strategies: { ask(point: typeof assetPrice, request: unknown): Promise<unknown> }
  readonly wallets: WalletRegistry
  readonly realtime: Channels
  readonly clock?: Clock
}

export interface Valuation {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** Something happened to what a user has: their open pages ask again. */
  moved(userId: string): void
  /** Keeps what the user's balances are worth as the figure of today; answers whether there was anything. */
  keepToday(userId: string): Promise<boolean>
  exportUser(userId: string): Promise<Readonly<Record<string, readonly unknown[]>>>
  eraseUser(userId: string): Promise<void>
  /** All assets with what one of each is worth; a few seconds old at most. */
  prices(): Promise<PricedAssets>
}

type Worth = ResultOf<typeof showWorth>
type PricedAssets = ResultOf<typeof listAssets>
type Wallets = ResultOf<typeof listWallets>

/** How long prices that everybody may see are given out before they are asked for again. */
const PRICES_MS = 2_000
/** What balances are counted in unless the caller says. */
const QUOTE_ASSET = 'USDT'
const CHANNEL = 'valuation.wallets'
const DAYS_SHOWN = 90
const DAY_MS = 24 * 60 * 60_000

const totalOf = (worths: readonly (string | null)[]): string =>
  worths.reduce<string>((sum, worth) => (worth === null ? sum : addDecimals(sum, worth)), '0')

type Strategies = ValuationOptions['strategies']

function createPrices(ledger: Pick<Ledger, 'assets'>, strategies: Strategies, clock: Clock) {
  async function priceOf(assetId: string, quoteAssetId: string): Promise<string | null> {
    if (assetId === quoteAssetId) return '1'
    const { price } = (await strategies.ask(assetPrice, { assetId, quoteAssetId })) as {
      price: string | null
    }
    return price
  }

  /** A product that is away or slow leaves its assets without a price, not the page without assets. */
  async function priceIfKnown(assetId: string): Promise<string | null> {
    try {
      return await priceOf(assetId, QUOTE_ASSET)
    } catch {
      return null
    }
  }

  async function askAll(): Promise<PricedAssets> {
    const assets = [...(await ledger.assets()).values()]
    const items = await Promise.all(
      assets.map(async ({ id, name, scale }) => ({
        assetId: id,
        name,
        scale,
        price: await priceIfKnown(id),
      })),
    )
    return { quoteAssetId: QUOTE_ASSET, at: clock.now().toISOString(), items }
  }

  let prices: Promise<PricedAssets> | undefined
  let askedAtMs = 0

  /** Visitors share an answer: however many look, each price is asked for once in a while. */
  function all(): Promise<PricedAssets> {
    const nowMs = performance.now()
    if (prices && nowMs - askedAtMs < PRICES_MS) return prices
    askedAtMs = nowMs
    prices = askAll()
    prices.catch(() => (prices = undefined))
    return prices
  }
  return { priceOf, all }
}

/** What of the amounts is in each wallet; what has no name stands together as the last. */
function byWallet(
  amounts: readonly WalletAmount[],
  registry: WalletRegistry,
  worthOf: (amount: WalletAmount) => string | null,
): { readonly wallets: Wallets['wallets']; walletOf(walletId: string): string } {
  const known = registry.list()
  const ids = new Set(known.map(({ id }) => id))
  const walletOf = (walletId: string): string => (ids.has(walletId) ? walletId : otherWallet.id)
  const hasOther = amounts.some(({ walletId }) => !ids.has(walletId))
  const wallets = [...known, ...(hasOther ? [otherWallet] : [])].map(({ id, owner, title, icon, link }) => ({
    id,
    owner,
    title,
    icon,
    link: link ?? null,
    worth: totalOf(amounts.filter(({ walletId }) => walletOf(walletId) === id).map(worthOf)),
  }))
  return { wallets, walletOf }
}

/** Says what users own in one asset, by the prices of the strategy `assets.price@1`. */
export function createValuation(options: ValuationOptions): Valuation {
  const { database, ledger, strategies, wallets: registry, realtime, clock = systemClock } = options
  const prices = createPrices(ledger, strategies, clock)

  async function worth(userId: string, quoteAssetId: string): Promise<Worth> {
    const assets = await ledger.assets()
    const scale = assets.get(quoteAssetId)?.scale ?? 8
    const owned = [...amountsByAsset(await walletAmounts(options, userId))]
    const items = await Promise.all(
      owned.map(async ([assetId, amount]) => {
        const price = await prices.priceOf(assetId, quoteAssetId)
        const product = price === null ? null : fixDecimals(multiplyDecimals(amount, price), scale)
        return { assetId, amount, price, worth: product }
      }),
    )
    const total = totalOf(items.map((item) => item.worth))
    return { quoteAssetId, total, at: clock.now().toISOString(), items }
  }

  async function walletsOf(userId: string): Promise<Wallets> {
    const [{ quoteAssetId, at, items: priced }, assets, amounts] = await Promise.all([
      prices.all(),
      ledger.assets(),
      walletAmounts(options, userId),
    ])
    const scale = assets.get(quoteAssetId)?.scale ?? 8
    const priceOf = new Map(priced.map(({ assetId, price }) => [assetId, price]))
    const worthIn = (assetId: string, amount: string): string | null => {
      const price = priceOf.get(assetId) ?? null
      return price === null ? null : fixDecimals(multiplyDecimals(amount, price), scale)
    }
    const { wallets, walletOf } = byWallet(amounts, registry, ({ assetId, available, held }) =>
      worthIn(assetId, addDecimals(available, held)),
    )
    const totals = amountsByAsset(amounts)
    const rank = wallets.map(({ id }) => id)
    const items = priced.map(({ assetId, name, price }) => {
      const total = totals.get(assetId) ?? '0'
      const parts = amounts
        .filter((amount) => amount.assetId === assetId)
        .map(({ walletId, available, held }) => ({ walletId: walletOf(walletId), available, held }))
        .toSorted((left, right) => rank.indexOf(left.walletId) - rank.indexOf(right.walletId))
      return { assetId, name, price, total, worth: worthIn(assetId, total), parts }
    })
    return { quoteAssetId, at, total: totalOf(items.map((item) => item.worth)), wallets, items }
  }

  async function daysOf(userId: string) {
    const now = clock.now()
    const since = dayOf(new Date(now.getTime() - DAYS_SHOWN * DAY_MS))
    const query = { quoteAssetId: QUOTE_ASSET, since, before: dayOf(now) }
    return { quoteAssetId: QUOTE_ASSET, items: await readWorthDays(database, userId, query) }
  }

  // A page reads what it shows; the channel only says that it is not true any more.
  realtime.provide('valuation', { name: CHANNEL, access: 'user' }, () => Promise.resolve(null))

  return {
    prices: prices.all,
    implementations: [
      implement(listAssets, prices.all),
      implement(showWorth, ({ params: { quoteAssetId = QUOTE_ASSET }, userId }) =>
        worth(userId, quoteAssetId),
      ),
      implement(listWallets, ({ userId }) => walletsOf(userId)),
      implement(listWorthDays, ({ userId }) => daysOf(userId)),
    ] satisfies Implementation<never>[],
    permissions: [],
    moved: (userId) => realtime.publish(CHANNEL, userId, { at: clock.now().toISOString() }),
    async keepToday(userId) {
      const { quoteAssetId, total, items } = await walletsOf(userId)
      if (items.every((item) => item.parts.length === 0)) return false
      await keepWorth(database, { userId, quoteAssetId, worth: total, at: clock.now() })
      return true
    },
    exportUser: async (userId) => ({ worth: await exportWorthDays(database, userId) }),
    eraseUser: (userId) => eraseWorthDays(database, userId),
  }
}
