import { implement, type Implementation } from '../broker/index.ts'
import type { MarketReads } from './market-reads.ts'
import type { MarketRegistry } from './markets.ts'
import { exchangeRefusals } from './refusals.ts'
import { listCandles, listMarkets, listTrades, showBook, showMarket } from './routes.ts'

const LEVELS_SHOWN = 100
const TRADES_SHOWN = 50
const CANDLES_SHOWN = 500

/** What everybody may see of a market. */
export function marketImplementations(reads: MarketReads, markets: MarketRegistry): Implementation<never>[] {
  return [
    implement(listMarkets, async () => ({ items: [...(await markets.all())] })),
    implement(showMarket, async ({ params: { marketId } }) => {
      const market = (await markets.all()).find((known) => known.id === marketId)
      if (!market) throw exchangeRefusals.market_not_found({ marketId })
      return market
    }),
    implement(showBook, async ({ params: { marketId, limit } }) => {
      const { seq, bids, asks } = await reads.depth(marketId, limit ?? LEVELS_SHOWN)
      return { seq, bids: bids.map(([...level]) => level), asks: asks.map(([...level]) => level) }
    }),
    implement(listTrades, async ({ params: { marketId, limit, beforeSeq } }) => {
      const before = beforeSeq === undefined ? {} : { beforeSeq }
      return { items: [...(await reads.trades({ marketId, limit: limit ?? TRADES_SHOWN, ...before }))] }
    }),
    implement(listCandles, async ({ params }) => {
      const { limit = CANDLES_SHOWN, ...query } = params
      return { items: [...(await reads.candles({ ...query, limit }))] }
    }),
  ]
}
