import { amount, formatAmount, compareDecimals, isMultiple, isPositiveDecimal } from '@cambium/kernel/money'
import { notional } from './market-rules.ts'

export interface TradedAsset {
  readonly id: string
  readonly tradingScale: number
}

export type StepFault =
  | { readonly fault: 'tickMissing' | 'lotMissing' }
  | { readonly fault: 'lotTooFine' | 'productTooFine'; readonly unit: string; readonly step: string }

/** The smallest amount of an asset that can be traded. */
export function tradingUnit({ tradingScale }: TradedAsset): string {
  return formatAmount(amount(1n), tradingScale)
}

/**
 * What makes a trade in a market inexact, or null: every quantity must be whole trading units of the base asset, and
 * every price × quantity of the quote asset. The smallest of each decides for all. The engine refuses the same.
 */
export function stepFault(
  { tickSize, lotSize }: { readonly tickSize: string; readonly lotSize: string },
  base: TradedAsset,
  quote: TradedAsset,
): StepFault | null {
  if (!isPositiveDecimal(tickSize)) return { fault: 'tickMissing' }
  if (!isPositiveDecimal(lotSize)) return { fault: 'lotMissing' }
  if (!isMultiple(lotSize, tradingUnit(base))) {
    return { fault: 'lotTooFine', unit: tradingUnit(base), step: lotSize }
  }
  const step = notional(tickSize, lotSize)
  const unit = tradingUnit(quote)
  // A product with more decimals than any unit cannot be read back, and is too fine in any case.
  const isTooFine = step.length > 24 || compareDecimals(step, unit) < 0 || !isMultiple(step, unit)
  return isTooFine ? { fault: 'productTooFine', unit, step } : null
}
