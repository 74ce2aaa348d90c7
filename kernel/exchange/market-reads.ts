import type { Knex } from 'knex'
import type { AnsweredSeqs } from './answered.ts'
import type { Exchange } from './exchange.ts'
import { marketDataName, readCandles, readTrades } from './market-data.ts'
import type { MarketHub } from './market-hub.ts'
import type { Progress } from './progress.ts'

const FRESH_WITHIN_MS = 1_000

export type MarketReads = Pick<Exchange, 'depth' | 'trades' | 'candles'>

/** Public reads that show what anybody was answered on this node, and what listeners have been told. */
export function createMarketReads(parts: {
  readonly database: Knex
  readonly hub: MarketHub
  readonly answered: AnsweredSeqs
  readonly progress: Progress
}): MarketReads {
  const { database, hub, answered, progress } = parts
  const stored = async (): Promise<void> => {
    await progress.until(marketDataName, Math.max(answered.latest, hub.toldSeq), FRESH_WITHIN_MS)
  }
  return {
    depth: (marketId, limit) => hub.depth(marketId, limit, answered.latest),
    trades: async (query) => {
      await stored()
      return readTrades(database, query)
    },
    candles: async (query) => {
      await stored()
      return readCandles(database, query)
    },
  }
}
