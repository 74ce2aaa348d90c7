import {
  compareDecimals,
  divideDecimals,
  isMultiple,
  isPositiveDecimal,
  multiplyDecimals,
} from '@cambium/kernel/money'
import type { Market } from './markets.ts'

/** The arithmetic of a market beside its rules. */
export {
  addDecimals,
  changePpm,
  compareDecimals,
  share,
  subtractDecimals,
  toMultiple,
} from '@cambium/kernel/money'

/** Price × quantity, to the last decimal. */
export function notional(price: string, quantity: string): string {
  return multiplyDecimals(price, quantity)
}

/** How much quantity a sum of the quote asset buys at a price. */
export function quantityFor(quoteAmount: string, price: string): string {
  return divideDecimals(quoteAmount, price)
}

export interface OrderDraft {
  readonly side: 'buy' | 'sell'
  readonly type: 'limit' | 'market'
  /** Empty where the user has not written one yet. */
  readonly price: string
  readonly quantity: string
}

/** What is wrong with a draft, in the order a person fills it in. */
export type OrderFault =
  | 'priceMissing'
  | 'priceMalformed'
  | 'priceOffTick'
  | 'quantityMissing'
  | 'quantityMalformed'
  | 'quantityOffLot'
  | 'notionalTooSmall'

/**
 * What the market would refuse about a draft, or null. The engine has the last word; this one answers while
 * the user types. `reference` stands in for the price of a market order.
 */
export function orderFault(market: Market, draft: OrderDraft, reference: string | null): OrderFault | null {
  if (draft.type === 'limit') {
    if (draft.price === '') return 'priceMissing'
    if (!isPositiveDecimal(draft.price)) return 'priceMalformed'
    if (!isMultiple(draft.price, market.tickSize)) return 'priceOffTick'
  }
  if (draft.quantity === '') return 'quantityMissing'
  if (!isPositiveDecimal(draft.quantity)) return 'quantityMalformed'
  if (!isMultiple(draft.quantity, market.lotSize)) return 'quantityOffLot'
  const price = draft.type === 'limit' ? draft.price : reference
  if (price !== null && compareDecimals(notional(price, draft.quantity), market.notionalMin) < 0) {
    return 'notionalTooSmall'
  }
  return null
}

/** The two assets of a market's id: `BTC-USDT` is BTC priced in USDT. */
export function assetsOf(marketId: string): { readonly base: string; readonly quote: string } {
  const [base = '', quote = ''] = marketId.split('-')
  return { base, quote }
}
