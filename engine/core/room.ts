/** Whether the engine's fixed memory takes what a command may need. Asked before anything changes. */
import { hasRows } from './balance.ts'
import { hasRoom } from './book.ts'
import { hasLists } from './list-record.ts'
import { hasSpecials } from './special.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'

const { i } = memory
const { NEXT, ORDER_END, ORDER_FREE, ORDER_TOP, ORDER_WORDS } = layout

function hasOrders(count: number): boolean {
  for (let free = i[ORDER_FREE]!; free !== 0 && count > 0; count--) free = i[free + NEXT]!
  return i[ORDER_TOP]! + count * ORDER_WORDS <= i[ORDER_END]!
}

/** For so many orders, of which so many have a special record, and both balances of their account. */
export function hasRoomFor(orders: number, specials: number): boolean {
  return hasRoom() && hasRows(2) && hasOrders(orders) && hasSpecials(specials)
}

export function hasRoomForList(orders: number): boolean {
  return hasLists() && hasRoomFor(orders, orders)
}
