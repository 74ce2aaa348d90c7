import type { Candle, CandleInterval, PublicTrade } from './exchange.ts'
import { formatDecimal, parseDecimal, unit } from './decimals.ts'

const minute = 60_000

export const intervalMs: Readonly<Record<CandleInterval, number>> = {
  '1m': minute,
  '5m': 5 * minute,
  '15m': 15 * minute,
  '1h': 60 * minute,
  '4h': 240 * minute,
  '1d': 1440 * minute,
}

type CandleTrade = Pick<PublicTrade, 'price' | 'quantity' | 'time'>

/** The candle with one more trade, the next in sequence. A pure fold, so recomputing gives the same rows. */
export function foldTrade(candle: Candle | undefined, trade: CandleTrade, interval: CandleInterval): Candle {
  const { price, quantity } = trade
  const quoteVolume = (parseDecimal(price) * parseDecimal(quantity)) / unit
  if (!candle) {
    const openTime = trade.time - (trade.time % intervalMs[interval])
    const prices = { open: price, high: price, low: price, close: price }
    return { openTime, ...prices, volume: quantity, quoteVolume: formatDecimal(quoteVolume), trades: 1 }
  }
  const value = parseDecimal(price)
  return {
    openTime: candle.openTime,
    open: candle.open,
    high: value > parseDecimal(candle.high) ? price : candle.high,
    low: value < parseDecimal(candle.low) ? price : candle.low,
    close: price,
    volume: formatDecimal(parseDecimal(candle.volume) + parseDecimal(quantity)),
    quoteVolume: formatDecimal(parseDecimal(candle.quoteVolume) + quoteVolume),
    trades: candle.trades + 1,
  }
}

/** All candles of trades in sequence, by time ascending. Which candle a trade belongs to is decided by its time alone. */
export function candlesOf(trades: Iterable<CandleTrade>, interval: CandleInterval): Candle[] {
  const candles = new Map<number, Candle>()
  for (const trade of trades) {
    const openTime = trade.time - (trade.time % intervalMs[interval])
    candles.set(openTime, foldTrade(candles.get(openTime), trade, interval))
  }
  return [...candles.values()].sort((left, right) => left.openTime - right.openTime)
}
