import { createLevelBook } from './level-book.ts'
import { RECORDING_SCALE, type RecordedStep } from './recording.ts'

/** What each house account needs to play a recording, in units of 10⁻⁸ of the asset. */
export interface ReplayFunding {
  readonly book: { readonly base: bigint; readonly quote: bigint }
  readonly taker: { readonly base: bigint; readonly quote: bigint }
}

/** Fees, levels topped up before a trade, and the time between two diffs ask for a little more than the book itself. */
const MARGIN_NUMERATOR = 11n
const MARGIN_DENOMINATOR = 10n

/** Walks the recording without playing it and takes the most that ever rests or trades on each side. */
export function fundingFor(steps: readonly RecordedStep[]): ReplayFunding {
  const unit = 10n ** BigInt(RECORDING_SCALE)
  const book = createLevelBook()
  let bidNotional = 0n
  let askQuantity = 0n
  const peak = { base: 0n, quote: 0n }
  const taken = { base: 0n, quote: 0n }
  const made = { base: 0n, quote: 0n }
  for (const step of steps) {
    if (step.kind === 'trade') {
      const notional = (step.price * step.quantity) / unit + 1n
      const isSale = step.takerSide === 'sell'
      taken[isSale ? 'base' : 'quote'] += isSale ? step.quantity : notional
      made[isSale ? 'quote' : 'base'] += isSale ? notional : step.quantity
      continue
    }
    for (const [price, quantity] of step.bids) {
      bidNotional += (price * (quantity - book.buy.quantity(price))) / unit
      book.buy.set(price, quantity)
    }
    for (const [price, quantity] of step.asks) {
      askQuantity += quantity - book.sell.quantity(price)
      book.sell.set(price, quantity)
    }
    if (bidNotional > peak.quote) peak.quote = bidNotional
    if (askQuantity > peak.base) peak.base = askQuantity
  }
  const withMargin = (units: bigint) => (units * MARGIN_NUMERATOR) / MARGIN_DENOMINATOR
  return {
    book: { base: withMargin(peak.base + made.base), quote: withMargin(peak.quote + made.quote) },
    taker: { base: withMargin(taken.base), quote: withMargin(taken.quote) },
  }
}
