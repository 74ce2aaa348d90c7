import type { MarketSpec, PluginKernel } from '@cambium/kernel'
import type { Market } from '../routes/markets.ts'
import { spotRefusals } from '../routes/refusals.ts'
import { allMarkets, findMarket, insertMarket, lockMarket, updateMarketRow } from './markets.model.ts'

export type NewMarket = Omit<Market, 'id' | 'revision' | 'createdAt'>
/** A market keeps its assets, tick size and lot size for life: the engine's books count in them. */
export type MarketChange = Partial<
  Pick<Market, 'notionalMin' | 'makerFeePpm' | 'takerFeePpm' | 'sortOrder' | 'state'>
>

export interface MarketDesk {
  create(market: NewMarket): Promise<Market>
  /** With a revision, only as long as the market is at it: `spot.changed_meanwhile` brings the present one. */
  change(marketId: string, change: MarketChange, revision?: number): Promise<Market>
  /** Throws `spot.market_not_found`. */
  require(marketId: string): Promise<Market>
  /** The same, without looking again: a market that was there once stays. */
  assertThere(marketId: string): Promise<void>
  all(): Promise<readonly Market[]>
  /**
   * Tells the engines every market again, for one that lost its state or never heard of a market. Answers those whose
   * engine is away.
   */
  assertAll(): Promise<readonly Market[]>
}

const engineAway = 'exchange.engine_unavailable'

function specOf({ sortOrder: _order, revision: _revision, createdAt: _time, ...spec }: Market): MarketSpec {
  return spec
}

/**
 * Markets as the operator keeps them. The exchange is told inside the transaction, so that a market it refuses is not
 * written; one it took without being written is put right by creating it again.
 */
export function createMarketDesk({ database, exchange }: PluginKernel): MarketDesk {
  const there = new Set<string>()
  async function require(marketId: string): Promise<Market> {
    const market = await findMarket(database, marketId)
    if (!market) throw spotRefusals.market_not_found({ marketId })
    there.add(marketId)
    return market
  }

  return {
    require,
    async assertThere(marketId) {
      if (!there.has(marketId)) await require(marketId)
    },

    async create(draft) {
      const market = {
        ...draft,
        id: `${draft.baseAssetId}-${draft.quoteAssetId}`,
        revision: 1,
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

    async change(marketId, change, revision) {
      return await database.transaction(async (trx) => {
        const before = await lockMarket(trx, marketId)
        if (!before) throw spotRefusals.market_not_found({ marketId })
        if (revision !== undefined && before.revision !== revision)
          throw spotRefusals.changed_meanwhile({ current: before })
        const { state = before.state, ...rules } = change
        // Halting is no change of rules: who writes those need not look again.
        const step = Object.keys(rules).length > 0 ? 1 : 0
        const after = { ...before, ...rules, state, revision: before.revision + step }
        await updateMarketRow(trx, after)
        await exchange.defineMarket(specOf(after))
        return after
      })
    },

    all: () => allMarkets(database),

    async assertAll() {
      const markets = await allMarkets(database)
      const told = await Promise.allSettled(markets.map((market) => exchange.defineMarket(specOf(market))))
      return markets.filter((_, index) => {
        const outcome = told[index]
        if (outcome?.status !== 'rejected') return false
        if ((outcome.reason as { type?: string }).type === engineAway) return true
        throw outcome.reason
      })
    },
  }
}
