import type { Market } from '../exchange/routes.ts'
import { amount, formatAmount, parseAmount } from '../money/index.ts'
import { RECORDING_SCALE, RecordingError, type RecordedLevel, type RecordedStep } from './recording.ts'

export interface FittedRecording {
  readonly steps: readonly RecordedStep[]
  /** Level changes whose quantity was finer than the market's lot and was cut to it. */
  readonly cutLevels: number
}

/**
 * Brings a recording into a market's grid. Prices and traded quantities must be whole ticks and lots, or it is not a
 * recording of this market. A resting quantity may be finer, because venues keep old orders when they coarsen the lot: it
 * is cut to whole lots and counted.
 */
export function fitRecording(steps: readonly RecordedStep[], market: Market): FittedRecording {
  const tick = parseAmount(market.tickSize, RECORDING_SCALE)
  const lot = parseAmount(market.lotSize, RECORDING_SCALE)
  let cutLevels = 0

  const refuse = (line: number, units: bigint, size: string): never => {
    const text = formatAmount(amount(units), RECORDING_SCALE)
    throw new RecordingError(line, `${text} is not a multiple of the ${size} of ${market.id}.`)
  }
  const fitLevel = (line: number, [price, quantity]: RecordedLevel): RecordedLevel => {
    if (price % tick !== 0n) refuse(line, price, `tick size ${market.tickSize}`)
    const surplus = quantity % lot
    if (surplus !== 0n) cutLevels += 1
    return [price, quantity - surplus]
  }

  const fitted = steps.map((step): RecordedStep => {
    if (step.kind === 'trade') {
      if (step.price % tick !== 0n) refuse(step.line, step.price, `tick size ${market.tickSize}`)
      if (step.quantity % lot !== 0n) refuse(step.line, step.quantity, `lot size ${market.lotSize}`)
      return step
    }
    const bids = step.bids.map((level) => fitLevel(step.line, level))
    const asks = step.asks.map((level) => fitLevel(step.line, level))
    return { ...step, bids, asks }
  })
  return { steps: fitted, cutLevels }
}
