/** How orders end, and what the others of their list do then. */
import type { CanceledEvent, ExpiredEvent, Reason } from '../messages/event.ts'
import { remove } from './book.ts'
import { show, showAs } from './decimal.ts'
import { updateHold } from './hold.ts'
import { say, type NaiveList, type NaiveOrder, type NaiveState } from './state.ts'

/** The fields by which events name an order. */
export function nameOf(order: NaiveOrder): {
  market: string
  account: number
  id: string
  order: number
  side: NaiveOrder['side']
} {
  const { market, account, id, number, side } = order
  return { market: market.name, account, id, order: number, side }
}

/** The working order of a list whose others wait for it to be filled. */
function isWorking({ kind, orders }: NaiveList, order: NaiveOrder): boolean {
  return kind !== 'oco' && order === orders[0]
}

/** The other leg of its pair, while that lives. */
function siblingsOf(order: NaiveOrder): NaiveOrder[] {
  const { list } = order
  if (!list || isWorking(list, order) || list.kind === 'oto') return []
  const legs = list.kind === 'oco' ? list.orders : list.orders.slice(1)
  return legs.filter((leg) => leg !== order && leg.status !== 'gone')
}

/** Before one leg of a pair trades or runs, the other is gone. */
export function cancelSiblings(s: NaiveState, order: NaiveOrder, cause: 'trade' | 'trigger' | 'end'): void {
  if (!order.list || !s.rules.cancelsSibling(cause)) return
  endApart(s, order.list, siblingsOf(order), (sibling) => {
    cancelOne(s, sibling, 'list')
  })
}

/** The order has ended: off the book, nothing held, and its list goes on or is done. */
export function leave(s: NaiveState, order: NaiveOrder, cause: 'trade' | 'end'): void {
  if (order.status === 'open') remove(order)
  order.status = 'gone'
  updateHold(s, order)
  s.orders.delete(order)
  const { list } = order
  if (!list) return
  const living = list.orders.filter(({ status }) => status !== 'gone')
  if (isWorking(list, order)) {
    if (cause === 'trade' && living.length > 0) s.queue.push({ list, pending: living })
    else cancelEach(s, living, 'list')
  } else cancelSiblings(s, order, 'end')
  closeWhenDone(s, list)
}

function closeWhenDone(s: NaiveState, list: NaiveList): void {
  if (!s.lists.has(list) || list.orders.some(({ status }) => status !== 'gone')) return
  s.lists.delete(list)
  sayList(s, list, 'done')
}

export function sayList(s: NaiveState, list: NaiveList, status: 'started' | 'done'): void {
  const { number, id, account, market, kind } = list
  say(s, { event: 'list', market: market.name, account, id, list: number, kind, status })
}

export function expire(
  s: NaiveState,
  order: NaiveOrder,
  reason: ExpiredEvent['reason'],
  refusal?: Reason,
): void {
  const leaves = show(order.leaves)
  say(s, { ...nameOf(order), event: 'expired', leaves, reason, ...(refusal && { refusal }) })
  leave(s, order, 'end')
}

function cancelOne(s: NaiveState, order: NaiveOrder, reason: CanceledEvent['reason']): void {
  const { price, leaves, market } = order
  const priced = price !== undefined && { price: showAs(price, market.terms.tickSize) }
  say(s, { ...nameOf(order), event: 'canceled', ...priced, leaves: show(leaves), reason })
  leave(s, order, 'end')
}

/** Cancels an order and with it the rest of its list; answers how many that were. */
export function cancel(s: NaiveState, order: NaiveOrder, reason: CanceledEvent['reason']): number {
  const before = s.orders.size
  const { list } = order
  cancelOne(s, order, reason)
  // A pending order's cancel would leave the working one alone: the client named the whole.
  cancelEach(s, list?.orders ?? [], 'list')
  return before - s.orders.size
}

/** Of those that live: canceling one of a pair has canceled the other. */
function cancelEach(s: NaiveState, orders: readonly NaiveOrder[], reason: CanceledEvent['reason']): void {
  for (const order of orders) if (order.status !== 'gone') cancelOne(s, order, reason)
}

/** Ends orders of a list each for its own reason: none of them is canceled by the end of another. */
export function endApart(
  s: NaiveState,
  list: NaiveList,
  orders: readonly NaiveOrder[],
  end: (order: NaiveOrder) => void,
): void {
  for (const order of orders) {
    order.list = undefined
    end(order)
  }
  closeWhenDone(s, list)
}

export function cancelList(s: NaiveState, list: NaiveList): void {
  const living = list.orders.filter(({ status }) => status !== 'gone')
  endApart(s, list, living, (order) => {
    cancelOne(s, order, 'requested')
  })
}
