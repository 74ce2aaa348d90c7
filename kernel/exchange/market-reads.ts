import type { Knex } from 'knex'
import type { AnsweredSeqs } from './answered.ts'
import type { Exchange } from './exchange.ts'
import { marketDataName, readCandles, readTrades } from './market-data.ts'
import type { MarketHubs } from './market-hubs.ts'
import type { MarketRegistry } from './markets.ts'
import type { Progress } from './progress.ts'

const FRESH_WITHIN_MS = 1_000

export type MarketReads = Pick<Exchange, 'depth' | 'trades' | 'candles'>

/** Public reads that show what anybody was answered on this node, and what listeners have been told. */
export function createMarketReads(parts: {
  readonly database: Knex
  readonly hubs: MarketHubs
  readonly markets: MarketRegistry
  readonly answered: AnsweredSeqs
  readonly progress: Progress
}): MarketReads {
  const { database, hubs, markets, answered, progress } = parts
  const stored = async (marketId: string): Promise<void> => {
    const shard = await markets.home(marketId).catch(() => undefined)
    if (!shard) return
    const seq = Math.max(answered.latest(shard.number), hubs.of(shard).toldSeq)
    await progress.until(marketDataName(shard), seq, FRESH_WITHIN_MS)
  }
  return {
    depth: (marketId, limit) => hubs.depth(marketId, limit),
    trades: async (query) => {
      await stored(query.marketId)
      return readTrades(database, query)
    },
    candles: async (query) => {
      await stored(query.marketId)
      return readCandles(database, query)
    },
  }
}
