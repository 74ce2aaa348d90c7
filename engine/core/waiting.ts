/** What orders hold while they wait for their trigger. Of a pair the second holds only what it needs above the first. */
import { holdOf, payingRow } from './book.ts'
import { holdNeeded, redraft } from './draft.ts'
import { otherLeg } from './list-record.ts'
import { marketOf, OPEN, setStatus, sideOf, statusOf, WAITING } from './order-words.ts'
import { joinTriggers } from './trigger.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'

const { f, i } = memory
const { AVAILABLE, FLAGS, HELD, HOLD, IS_LISTED, LEAVES, LEVEL, NEED, PRICE, SPECIAL, SPECIAL_ORDER } = layout

/** Sets what a waiting order holds, and takes the difference from its account or gives it back. */
function setHold(order: number, units: number): void {
  const special = i[order + SPECIAL]!
  const row = payingRow(order, sideOf(order))
  const more = units - f[(special + HOLD) >> 1]!
  f[(row + AVAILABLE) >> 1] = f[(row + AVAILABLE) >> 1]! - more
  f[(row + HELD) >> 1] = f[(row + HELD) >> 1]! + more
  f[(special + HOLD) >> 1] = units
}

function heldBy(order: number): number {
  if (statusOf(order) === WAITING) return f[(i[order + SPECIAL]! + HOLD) >> 1]!
  const isOnBook = statusOf(order) === OPEN && i[order + LEVEL] !== 0
  if (!isOnBook) return 0
  return holdOf(marketOf(order), sideOf(order), i[order + PRICE]!, f[(order + LEAVES) >> 1]!)
}

/** An accepted or activated order begins to wait. */
export function startWaiting(order: number): void {
  const market = marketOf(order)
  const special = i[order + SPECIAL]!
  redraft(order, market)
  const need = holdNeeded()
  const other = i[order + FLAGS]! & IS_LISTED ? otherLeg(special) : 0
  f[(special + NEED) >> 1] = need
  setHold(order, other === 0 ? need : Math.max(0, need - heldBy(i[other + SPECIAL_ORDER]!)))
  setStatus(order, WAITING)
  joinTriggers(special, market)
}

/** A waiting order gives back what it holds: it runs, or has ended. */
export function releaseWaiting(order: number): void {
  setHold(order, 0)
}

/** A resting leg of a pair needs less than it did, so the leg that waits has to hold more. */
export function reholdSibling(order: number): void {
  const other = otherLeg(i[order + SPECIAL]!)
  if (other === 0) return
  const sibling = i[other + SPECIAL_ORDER]!
  if (statusOf(sibling) !== WAITING) return
  setHold(sibling, Math.max(0, f[(other + NEED) >> 1]! - heldBy(order)))
}
