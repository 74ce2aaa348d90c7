import { amount, formatAmount, mulDiv, parseAmount, type Amount, type Rounding } from '@cambium/kernel/money'
import type { Market } from './markets.ts'

/** Decimals kept while reckoning with prices and quantities: as many as the `decimal` word allows. */
const SCALE = 24
const one = 10n ** BigInt(SCALE)
const million = 1_000_000n

const read = (text: string): Amount => parseAmount(text, SCALE)
const write = (value: Amount): string => formatAmount(value, SCALE)

export function addDecimals(left: string, right: string): string {
  return write(amount(read(left) + read(right)))
}

export function subtractDecimals(left: string, right: string): string {
  return write(amount(read(left) - read(right)))
}

export function compareDecimals(left: string, right: string): number {
  const difference = read(left) - read(right)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** Price × quantity, to the last decimal. */
export function notional(price: string, quantity: string): string {
  return formatAmount(amount(read(price) * read(quantity)), 2 * SCALE)
}

/** How much quantity a sum of the quote asset buys at a price. */
export function quantityFor(quoteAmount: string, price: string): string {
  return write(mulDiv(read(quoteAmount), one, read(price), 'down'))
}

export function isMultiple(value: string, step: string): boolean {
  return read(value) % read(step) === 0n
}

export function toMultiple(value: string, step: string, rounding: Rounding): string {
  const size = read(step)
  return write(amount(mulDiv(read(value), 1n, size, rounding) * size))
}

/** `ppm` millionths of a decimal; what is left over goes the way the caller names. */
export function share(value: string, ppm: number, rounding: Rounding): string {
  return write(mulDiv(read(value), BigInt(ppm), million, rounding))
}

/** How far `value` is from `base`, in millionths of `base`. */
export function changePpm(value: string, base: string): number {
  const difference = read(value) - read(base)
  const ppm = mulDiv(amount(difference < 0n ? -difference : difference), million, read(base), 'down')
  return difference < 0n ? -Number(ppm) : Number(ppm)
}

/** Decimals of a tick or lot size: figures of the market are shown with as many. */
export function decimalsOf(step: string): number {
  return step.split('.')[1]?.length ?? 0
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

const positiveDecimal = /^(0|[1-9][0-9]*)(\.[0-9]{1,24})?$/

export function isPositiveDecimal(text: string): boolean {
  return positiveDecimal.test(text) && read(text) > 0n
}

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
