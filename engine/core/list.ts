/** How orders end, and what the end, the trade or the trigger of one does to the others of its list. */
import { deregister, release, unlink } from './book.ts'
import { cancelReasons } from '../messages/event.ts'
import { closeList, leaveList, otherLeg } from './list-record.ts'
import { writeCanceled, writeExpired, writeList } from './order-event.ts'
import { marketOf, OPEN, sideOf, statusOf, WAITING } from './order-words.ts'
import { closeSpecial } from './special.ts'
import { enqueue } from './trigger.ts'
import { releaseWaiting } from './waiting.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'

const { i } = memory
const { FLAGS, IS_LISTED, IS_SPECIAL, LIST, LIST_HEAD, LIST_NEXT, LIST_WORKING, SPECIAL, SPECIAL_ORDER } =
  layout

const BY_LIST = cancelReasons.indexOf('list')

/** Before one leg of a pair trades or runs, the other is canceled. It is never on the book when this one is. */
export function cancelSibling(order: number): void {
  const sibling = otherLeg(i[order + SPECIAL]!)
  if (sibling === 0) return
  // Its end must not come back to this order, which goes on.
  leaveOwnList(i[sibling + SPECIAL_ORDER]!)
  cancelOne(i[sibling + SPECIAL_ORDER]!, BY_LIST)
}

export function beforeTrade(taker: number, maker: number): void {
  if (i[maker + FLAGS]! & IS_LISTED) cancelSibling(maker)
  if (i[taker + FLAGS]! & IS_LISTED) cancelSibling(taker)
}

/** Cancels one order and lets its list draw the consequences. */
export function cancelOne(order: number, reason: number): void {
  writeCanceled(order, reason)
  end(order)
}

export function expireOne(order: number, reason: number): void {
  writeExpired(order, reason, 0)
  end(order)
}

/** Takes an order from wherever it is. Its event has been written, and it was not filled. */
function end(order: number): void {
  const status = statusOf(order)
  if (status === OPEN) {
    release(marketOf(order), sideOf(order), order)
    unlink(order)
  } else if (status === WAITING) releaseWaiting(order)
  finishOrder(order, false)
}

/** Forgets an order that is in no level and holds nothing any more, and whose event has been written. */
export function finishOrder(order: number, isTraded: boolean): void {
  const flags = i[order + FLAGS]!
  const special = flags & IS_SPECIAL ? i[order + SPECIAL]! : 0
  const list = flags & IS_LISTED ? i[special + LIST]! : 0
  const sibling = list === 0 ? 0 : otherLeg(special)
  if (list !== 0) leaveList(list, special)
  if (special !== 0) closeSpecial(special)
  deregister(order)
  if (list !== 0) afterEnd(list, special, sibling, isTraded)
}

function afterEnd(list: number, special: number, sibling: number, isTraded: boolean): void {
  const isWorking = special === i[list + LIST_WORKING]
  if (isWorking) i[list + LIST_WORKING] = 0
  const first = i[list + LIST_HEAD]!
  if (first === 0) closeIfDone(list)
  else if (isWorking && isTraded) {
    // Those that waited for it to be filled have their turn when this command's own order is done.
    enqueue(first, 0)
  } else if (isWorking) cancelRest(list, BY_LIST)
  else if (sibling !== 0) cancelOne(i[sibling + SPECIAL_ORDER]!, BY_LIST)
}

/** Cancels all that is left of a list. Its end is told after its last order's. */
export function cancelRest(list: number, reason: number): void {
  // A list that is closed keeps its words until another is opened, so its head says that nothing is left.
  while (i[list + LIST_HEAD] !== 0) cancelOne(i[i[list + LIST_HEAD]! + SPECIAL_ORDER]!, reason)
}

/** Takes an order out of its list, so that its end is of no consequence to the others. */
export function leaveOwnList(order: number): void {
  const special = i[order + SPECIAL]!
  leaveList(i[special + LIST]!, special)
  i[order + FLAGS] = i[order + FLAGS]! & ~IS_LISTED
}

export function closeIfDone(list: number): void {
  if (i[list + LIST_HEAD] !== 0) return
  writeList(list, true)
  closeList(list)
}

/** Cancels all orders of a list for the same reason, each by itself. */
export function cancelApart(list: number, reason: number): void {
  while (i[list + LIST_HEAD] !== 0) {
    const order = i[i[list + LIST_HEAD]! + SPECIAL_ORDER]!
    leaveOwnList(order)
    cancelOne(order, reason)
  }
  closeIfDone(list)
}

/** Cancels an order and with it the rest of its list; answers how many that were. */
export function cancelWithList(order: number, reason: number): number {
  if (!(i[order + FLAGS]! & IS_LISTED)) {
    cancelOne(order, reason)
    return 1
  }
  const list = i[i[order + SPECIAL]! + LIST]!
  const count = countOf(list)
  cancelOne(order, reason)
  // A pending order's cancel would leave the working one alone: who cancels one names the whole.
  cancelRest(list, BY_LIST)
  return count
}

function countOf(list: number): number {
  let count = 0
  for (let special = i[list + LIST_HEAD]!; special !== 0; special = i[special + LIST_NEXT]!) count++
  return count
}
