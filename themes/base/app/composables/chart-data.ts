import type { CandlestickData, HistogramData, UTCTimestamp } from 'lightweight-charts'

export interface ChartCandle {
  /** Milliseconds since the epoch, start of the interval. */
  readonly openTime: number
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  readonly volume: string
}

/** A pixel position needs a float; nothing computed from it is ever money again. */
export function pixelValue(decimal: string): number {
  return Number(decimal)
}

function chartTime(candle: ChartCandle): UTCTimestamp {
  return Math.floor(candle.openTime / 1_000) as UTCTimestamp
}

export function candleBar(candle: ChartCandle): CandlestickData<UTCTimestamp> {
  return {
    time: chartTime(candle),
    open: pixelValue(candle.open),
    high: pixelValue(candle.high),
    low: pixelValue(candle.low),
    close: pixelValue(candle.close),
  }
}

export function volumeBar(
  candle: ChartCandle,
  colors: { up: string; down: string },
): HistogramData<UTCTimestamp> {
  const isDown = pixelValue(candle.close) < pixelValue(candle.open)
  return {
    time: chartTime(candle),
    value: pixelValue(candle.volume),
    color: isDown ? colors.down : colors.up,
  }
}

/**
 * What it takes to bring a drawn chart from `before` to `after`: the candles to append or replace at its end, or
 * null when it must be drawn anew (another market, another interval, history loaded in front).
 */
export function candlesToUpdate(
  before: readonly ChartCandle[],
  after: readonly ChartCandle[],
): readonly ChartCandle[] | null {
  const last = before.at(-1)
  if (!last || before[0]?.openTime !== after[0]?.openTime) return null
  const at = after.findIndex((candle) => candle.openTime === last.openTime)
  // Far from the end, many changed at once: drawing anew is cheaper than moving one by one.
  if (at < 0 || after.length - at > 20) return null
  return after.slice(at)
}
