import { compareDecimals, isPositiveDecimal } from '@cambium/kernel/money'
import type { Order } from '../routes/orders.ts'

/** Only who asks for less at the same price keeps the place in the queue: everything else would push in. */
export function keepsItsPlace(
  order: Pick<Order, 'price' | 'quantity'>,
  wish: { readonly price: string; readonly quantity: string },
): boolean {
  if (order.price === null || !isPositiveDecimal(wish.price) || !isPositiveDecimal(wish.quantity))
    return false
  return compareDecimals(wish.price, order.price) === 0 && compareDecimals(wish.quantity, order.quantity) <= 0
}

/** What waits in the book with a price of its own can be given another. */
export function isChangeable({ type, status, price }: Order): boolean {
  return type === 'limit' && price !== null && (status === 'open' || status === 'partiallyFilled')
}
