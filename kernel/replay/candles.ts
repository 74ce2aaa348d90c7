import type { Candle } from '../exchange/routes.ts'
import { amount, formatAmount } from '../money/index.ts'
import { RECORDING_SCALE, type RecordedStep } from './recording.ts'

const MINUTE_MS = 60_000

type RecordedTrade = RecordedStep & { readonly kind: 'trade' }

export type MinuteCandle = Candle

interface Totals {
  open: bigint
  high: bigint
  low: bigint
  close: bigint
  volume: bigint
  /** In units of 10⁻¹⁶: price × quantity, nothing lost. */
  quoteVolume: bigint
  trades: number
}

/** The 1-minute candles of the recorded trades, computed from the file alone. */
export function recordedCandles(trades: readonly RecordedTrade[]): readonly MinuteCandle[] {
  const minutes = new Map<number, Totals>()
  for (const step of trades) {
    const openTime = step.time - (step.time % MINUTE_MS)
    const notional = step.price * step.quantity
    const minute = minutes.get(openTime)
    if (!minute) {
      const { price, quantity } = step
      const ends = { open: price, high: price, low: price, close: price }
      minutes.set(openTime, { ...ends, volume: quantity, quoteVolume: notional, trades: 1 })
      continue
    }
    if (step.price > minute.high) minute.high = step.price
    if (step.price < minute.low) minute.low = step.price
    minute.close = step.price
    minute.volume += step.quantity
    minute.quoteVolume += notional
    minute.trades += 1
  }
  const text = (units: bigint, scale = RECORDING_SCALE) => formatAmount(amount(units), scale)
  return [...minutes].map(([openTime, minute]) => ({
    openTime,
    open: text(minute.open),
    high: text(minute.high),
    low: text(minute.low),
    close: text(minute.close),
    volume: text(minute.volume),
    quoteVolume: text(minute.quoteVolume, 2 * RECORDING_SCALE),
    trades: minute.trades,
  }))
}
