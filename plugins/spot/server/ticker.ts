import type { Candle } from '@cambium/kernel'
import { addDecimals, changePpm, compareDecimals, subtractDecimals } from '../routes/market-rules.ts'
import type { Ticker } from '../routes/market-data.ts'

export const dayMs = 24 * 60 * 60 * 1000
const sparklineStepMs = 15 * 60 * 1000

/**
 * The last 24 hours of a market from its one-minute candles, oldest first. Candles before the window only
 * tell the last price of a market that has been quiet since.
 */
export function tickerOf(marketId: string, candles: readonly Candle[], now: number): Ticker {
  const last = candles.at(-1)?.close ?? null
  const window = candles.filter((candle) => candle.openTime > now - dayMs)
  const first = window[0]
  if (!first || last === null) {
    return { marketId, last, change: null, changePpm: null, ...quietFigures }
  }
  let { high, low } = first
  let volume = '0'
  let quoteVolume = '0'
  let trades = 0
  for (const candle of window) {
    if (compareDecimals(candle.high, high) > 0) high = candle.high
    if (compareDecimals(candle.low, low) < 0) low = candle.low
    volume = addDecimals(volume, candle.volume)
    quoteVolume = addDecimals(quoteVolume, candle.quoteVolume)
    trades += candle.trades
  }
  return {
    marketId,
    last,
    change: subtractDecimals(last, first.open),
    changePpm: changePpm(last, first.open),
    high,
    low,
    volume,
    quoteVolume,
    trades,
    sparkline: closesOf(window),
  }
}

const quietFigures = {
  high: null,
  low: null,
  volume: '0',
  quoteVolume: '0',
  trades: 0,
  sparkline: [] as string[],
}

function closesOf(window: readonly Candle[]): string[] {
  const closes = new Map<number, string>()
  for (const candle of window) closes.set(Math.floor(candle.openTime / sparklineStepMs), candle.close)
  return [...closes.values()]
}

/** Puts newer candles over the tail of the stored ones and drops what has left the window, save the last. */
export function mergeCandles(
  stored: readonly Candle[],
  newer: readonly Candle[],
  now: number,
): readonly Candle[] {
  const [oldest] = newer
  if (!oldest) return stored
  const merged = [...stored.filter((candle) => candle.openTime < oldest.openTime), ...newer]
  return merged.filter((candle, index) => index === merged.length - 1 || candle.openTime > now - dayMs)
}
