/** What trades set off, one after the other, each with all that it causes joining behind. */
import { costOf, planOf } from './book.ts'
import { cancelSiblings, expire, nameOf } from './ending.ts'
import { updateHold } from './hold.ts'
import { activate } from './list.ts'
import { availableOf, paidAsset, say, type NaiveOrder, type NaiveState } from './state.ts'
import { take } from './taking.ts'
import { showAs } from './decimal.ts'

export function runQueue(s: NaiveState): void {
  for (let next = s.queue.shift(); next; next = s.queue.shift()) {
    if ('list' in next) activate(s, next.list, next.pending)
    // The other leg of its pair may have come first.
    else if (next.order.status === 'waiting') runTriggered(s, next.order, next.price)
  }
}

/** A waiting order's price was traded at: it gives back what it held and acts like a new one. */
function runTriggered(s: NaiveState, order: NaiveOrder, price: bigint): void {
  say(s, { ...nameOf(order), event: 'triggered', price: showAs(price, order.market.terms.tickSize) })
  order.status = 'new'
  updateHold(s, order)
  cancelSiblings(s, order, 'trigger')
  const due = order.side === 'sell' ? order.leaves : costOf(planOf(s, order))
  const isShort = due > availableOf(s, order.account, paidAsset(order))
  if (order.price === undefined && isShort) return expire(s, order, 'insufficient_funds')
  take(s, order)
}
