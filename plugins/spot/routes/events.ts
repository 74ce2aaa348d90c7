import { decimal, eventOf, id, side } from '@cambium/kernel/contract'
import { Object } from 'typebox'

/** An order that had been waiting in the book is filled to its end. House makers' orders are not told of. */
export const orderFilled = eventOf({
  name: 'spot.order.filled',
  title: 'A resting order of a user is filled',
  data: Object({ orderId: id, userId: id, marketId: id, side, quantity: decimal, notional: decimal }),
})
