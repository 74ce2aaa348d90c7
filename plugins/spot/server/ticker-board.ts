import type { Candle, Exchange } from '@cambium/kernel'
import type { Ticker } from '../routes/market-data.ts'
import { dayMs, mergeCandles, tickerOf } from './ticker.ts'

const MINUTES_A_DAY = 1440

/** Keeps a day of one-minute candles of every market, because a ticker of each is asked for by every page. */
export class TickerBoard {
  readonly #candles = new Map<string, readonly Candle[]>()
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  /** Reads the candles that may have changed since; the whole day for a market not seen before. */
  async refresh(marketId: string, now: number): Promise<void> {
    const stored = this.#candles.get(marketId) ?? []
    const from = stored.at(-1)?.openTime ?? now - dayMs
    const newer = await this.#exchange.candles({ marketId, interval: '1m', from, limit: MINUTES_A_DAY })
    const merged = mergeCandles(stored, newer, now)
    // A market that is older than its last day still has a last price.
    const last = merged.length > 0 ? [] : await this.#exchange.candles({ marketId, interval: '1m', limit: 1 })
    this.#candles.set(marketId, [...merged, ...last])
  }

  ticker(marketId: string, now: number): Ticker {
    return tickerOf(marketId, this.#candles.get(marketId) ?? [], now)
  }
}
