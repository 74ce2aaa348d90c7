import { addDecimals, compareDecimals } from '@cambium/kernel/money'
import { notional, quantityFor } from '../routes/market-rules.ts'
import type { PlacedOrder } from '../routes/orders.ts'

/** What became of an order at once, in one word for the message. */
export type PlacedOutcome = 'filled' | 'partlyFilledAndOpen' | 'partlyFilled' | 'open' | 'notFilled'

export interface PlacedSummary {
  readonly outcome: PlacedOutcome
  readonly filledQuantity: string
  readonly leavesQuantity: string
  /** Null when nothing was filled. */
  readonly averagePrice: string | null
}

export function placedSummary(placed: PlacedOrder): PlacedSummary {
  const { filledQuantity, leavesQuantity, status } = placed
  const hasFills = compareDecimals(filledQuantity, '0') > 0
  const paid = placed.fills.reduce((sum, fill) => addDecimals(sum, notional(fill.price, fill.quantity)), '0')
  return {
    outcome: outcomeOf(status, hasFills),
    filledQuantity,
    leavesQuantity,
    averagePrice: hasFills ? quantityFor(paid, filledQuantity) : null,
  }
}

function outcomeOf(status: PlacedOrder['status'], hasFills: boolean): PlacedOutcome {
  if (status === 'filled') return 'filled'
  if (status === 'open') return 'open'
  if (status === 'partiallyFilled') return 'partlyFilledAndOpen'
  return hasFills ? 'partlyFilled' : 'notFilled'
}
