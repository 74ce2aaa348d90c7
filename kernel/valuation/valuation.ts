import { implement, type Implementation } from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { PermissionDeclaration, ResultOf } from '../contract/index.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { assetPrice } from '../filters/routes.ts'
import type { Asset, Ledger } from '../ledger/index.ts'
import { addDecimals, fixDecimals, formatAmount, multiplyDecimals } from '../money/index.ts'
import { listAssets, showWorth } from './routes.ts'

export interface ValuationOptions {
  readonly ledger: Ledger
  readonly exchange: Pick<Exchange, 'balances'>
  readonly strategies: { ask(point: typeof assetPrice, request: unknown): Promise<unknown> }
  readonly clock?: Clock
}

export interface Valuation {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
}

type Worth = ResultOf<typeof showWorth>
type PricedAssets = ResultOf<typeof listAssets>

/** How long prices that everybody may see are given out before they are asked for again. */
const PRICES_MS = 2_000

/** What balances are counted in unless the caller says. */
const QUOTE_ASSET = 'USDT'

/** Says what users own in one asset, by the prices of the strategy `assets.price@1`. */
export function createValuation(options: ValuationOptions): Valuation {
  const { ledger, exchange, strategies, clock = systemClock } = options

  /** Everything a user has, free or held, in all wallets. */
  async function amounts(
    userId: string,
    assets: ReadonlyMap<string, Asset>,
  ): Promise<ReadonlyMap<string, string>> {
    const [funding, trading] = await Promise.all([
      ledger.balances([`user:${userId}/funding`]),
      exchange.balances(userId),
    ])
    const sums = new Map<string, string>()
    const put = (assetId: string, text: string): void =>
      void sums.set(assetId, addDecimals(sums.get(assetId) ?? '0', text))
    for (const { assetId, available, held } of funding) {
      const scale = assets.get(assetId)?.scale ?? 0
      put(assetId, formatAmount(available, scale))
      put(assetId, formatAmount(held, scale))
    }
    for (const { assetId, available, held } of trading) {
      put(assetId, available)
      put(assetId, held)
    }
    return sums
  }

  async function priceOf(assetId: string, quoteAssetId: string): Promise<string | null> {
    if (assetId === quoteAssetId) return '1'
    const { price } = (await strategies.ask(assetPrice, { assetId, quoteAssetId })) as {
      price: string | null
    }
    return price
  }

  async function worth(userId: string, quoteAssetId: string): Promise<Worth> {
    const assets = await ledger.assets()
    const scale = assets.get(quoteAssetId)?.scale ?? 8
    const owned = [...(await amounts(userId, assets))].filter(([, text]) => /[1-9]/.test(text))
    const items = await Promise.all(
      owned.map(async ([assetId, amount]) => {
        const price = await priceOf(assetId, quoteAssetId)
        const product = price === null ? null : fixDecimals(multiplyDecimals(amount, price), scale)
        return { assetId, amount, price, worth: product }
      }),
    )
    const total = items.reduce((sum, item) => (item.worth === null ? sum : addDecimals(sum, item.worth)), '0')
    return { quoteAssetId, total, at: clock.now().toISOString(), items }
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
  function pricedAssets(): Promise<PricedAssets> {
    const nowMs = performance.now()
    if (prices && nowMs - askedAtMs < PRICES_MS) return prices
    askedAtMs = nowMs
    prices = askAll()
    prices.catch(() => (prices = undefined))
    return prices
  }

  return {
    implementations: [
      implement(listAssets, pricedAssets),
      implement(showWorth, ({ params: { quoteAssetId = QUOTE_ASSET }, userId }) =>
        worth(userId, quoteAssetId),
      ),
    ] satisfies Implementation<never>[],
    permissions: [],
  }
}
