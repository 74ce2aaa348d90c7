import type { Asset } from '@cambium/kernel'
import { amount, formatAmount } from '@cambium/kernel/money'
import { compareDecimals, isMultiple, notional } from '../routes/market-rules.ts'
import type { Market } from '../routes/markets.ts'
import { spotRefusals } from '../routes/refusals.ts'

/** The smallest amount of an asset that can be traded. */
function tradingUnit(asset: Asset): string {
  return formatAmount(amount(1n), asset.tradingScale)
}

/**
 * Refuses steps that could make a trade inexact: every quantity must be whole trading units of the base asset,
 * and every price × quantity whole trading units of the quote asset. The smallest of each decides for all.
 */
export function refuseInexactSteps(
  { tickSize, lotSize }: Pick<Market, 'tickSize' | 'lotSize'>,
  base: Asset,
  quote: Asset,
): void {
  if (compareDecimals(tickSize, '0') <= 0 || compareDecimals(lotSize, '0') <= 0) {
    throw spotRefusals.step_must_be_positive({ tickSize, lotSize })
  }
  const lotUnit = tradingUnit(base)
  if (!isMultiple(lotSize, lotUnit)) throw spotRefusals.lot_too_fine({ lotSize, unit: lotUnit })
  const step = notional(tickSize, lotSize)
  const unit = tradingUnit(quote)
  if (!isMultiple(step, unit)) throw spotRefusals.step_too_fine({ tickSize, lotSize, step, unit })
}
