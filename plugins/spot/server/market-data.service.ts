import { implement, type Implementation } from '@cambium/kernel'
import { listBalances } from '../routes/balances.ts'
import { listCandles, listTickers, showBook } from '../routes/market-data.ts'
import { listTrades } from '../routes/trades.ts'
import type { SpotParts } from './parts.ts'

const BOOK_LEVELS = 100
const TRADES = 100
const CANDLES = 500

/** What a market shows to everybody, straight from the exchange, and the caller's own spot wallet. */
export function marketDataImplementations({ kernel, desk, board }: SpotParts): Implementation<never>[] {
  const { exchange } = kernel
  return [
    implement(showBook, async ({ params: { marketId, limit } }) => {
      await desk.require(marketId)
      const { seq, bids, asks } = await exchange.depth(marketId, limit ?? BOOK_LEVELS)
      return { seq, bids: bids.map(([...level]) => level), asks: asks.map(([...level]) => level) }
    }),
    implement(listTrades, async ({ params: { marketId, limit, beforeSeq } }) => {
      await desk.require(marketId)
      const before = beforeSeq === undefined ? {} : { beforeSeq }
      return { items: [...(await exchange.trades({ marketId, limit: limit ?? TRADES, ...before }))] }
    }),
    implement(listCandles, async ({ params }) => {
      await desk.require(params.marketId)
      return { items: [...(await exchange.candles({ ...params, limit: params.limit ?? CANDLES }))] }
    }),
    implement(listTickers, async () => {
      const now = Date.now()
      const markets = await desk.all()
      return { items: markets.map(({ id }) => board.ticker(id, now)), time: new Date(now).toISOString() }
    }),
    implement(listBalances, async ({ params: { marketId }, userId }) => {
      const balances = await exchange.balances(userId, marketId)
      return { items: balances.map(({ shards, ...sum }) => (shards ? { ...sum, shards: [...shards] } : sum)) }
    }),
  ]
}
