import type { Asset, MarketSpec, PluginKernel } from '@cambium/kernel'
import { compareDecimals } from '../routes/market-rules.ts'
import type { Market } from '../routes/markets.ts'
import { spotRefusals } from '../routes/refusals.ts'
import { refuseInexactSteps } from './market-steps.ts'
import { allMarkets, findMarket, insertMarket, lockMarket, updateMarketRow } from './markets.model.ts'

export type NewMarket = Omit<Market, 'id' | 'createdAt'>
export type MarketChange = Partial<
  Pick<Market, 'tickSize' | 'lotSize' | 'notionalMin' | 'makerFeePpm' | 'takerFeePpm' | 'sortOrder' | 'state'>
>

export interface MarketDesk {
  create(market: NewMarket): Promise<Market>
  change(marketId: string, change: MarketChange): Promise<Market>
  /** Throws `spot.market_not_found`. */
  require(marketId: string): Promise<Market>
  all(): Promise<readonly Market[]>
  /** Tells the engine every market again, for one that lost its state or never heard of a market. */
  assertAll(): Promise<void>
}

function specOf({ sortOrder: _order, createdAt: _time, ...spec }: Market): MarketSpec {
  return spec
}

/** Markets as the operator keeps them. The engine is told inside the transaction: it refuses, nothing is written. */
export function createMarketDesk({ database, exchange, ledger }: PluginKernel): MarketDesk {
  async function assetsOf(market: NewMarket): Promise<readonly [base: Asset, quote: Asset]> {
    const assets = await ledger.assets()
    const base = assets.get(market.baseAssetId)
    const quote = assets.get(market.quoteAssetId)
    if (!base) throw spotRefusals.asset_not_found({ assetId: market.baseAssetId })
    if (!quote) throw spotRefusals.asset_not_found({ assetId: market.quoteAssetId })
    return [base, quote]
  }

  /** The book itself is asked, because it alone knows of an order the moment it rests. */
  async function refuseChangedSteps(before: Market, after: Market): Promise<void> {
    const isSame =
      compareDecimals(before.tickSize, after.tickSize) === 0 &&
      compareDecimals(before.lotSize, after.lotSize) === 0
    if (isSame) return
    const { bids, asks } = await exchange.depth(before.id, 1)
    if (bids.length + asks.length > 0) throw spotRefusals.market_has_open_orders({ marketId: before.id })
  }

  return {
    async create(draft) {
      if (draft.baseAssetId === draft.quoteAssetId) {
        throw spotRefusals.market_assets_must_be_different({ assetId: draft.baseAssetId })
      }
      const [base, quote] = await assetsOf(draft)
      refuseInexactSteps(draft, base, quote)
      const market = {
        ...draft,
        id: `${draft.baseAssetId}-${draft.quoteAssetId}`,
        createdAt: new Date().toISOString(),
      }
      await database.transaction(async (trx) => {
        if (await lockMarket(trx, market.id))
          throw spotRefusals.market_already_exists({ marketId: market.id })
        await insertMarket(trx, market)
        await exchange.defineMarket(specOf(market))
      })
      return market
    },

    async change(marketId, change) {
      return await database.transaction(async (trx) => {
        const before = await lockMarket(trx, marketId)
        if (!before) throw spotRefusals.market_not_found({ marketId })
        const after = { ...before, ...change }
        const [base, quote] = await assetsOf(after)
        refuseInexactSteps(after, base, quote)
        await refuseChangedSteps(before, after)
        await updateMarketRow(trx, after)
        await exchange.defineMarket(specOf(after))
        return after
      })
    },

    async require(marketId) {
      const market = await findMarket(database, marketId)
      if (!market) throw spotRefusals.market_not_found({ marketId })
      return market
    },

    all: () => allMarkets(database),

    async assertAll() {
      for (const market of await allMarkets(database)) await exchange.defineMarket(specOf(market))
    },
  }
}
