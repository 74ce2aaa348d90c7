/**
 * Orders that wait for a price. Those with a fixed trigger are in two heaps a market, rising and falling, so that a trade
 * compares itself with one number each; those that trail are in a list by number and look at every trade. What a trade
 * triggers is queued, and runs when the command's own order is done.
 */
import { isStop, sideOf, typeOf } from './order-words.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'

const { f, i } = memory
const {
  BUY,
  EXTREME,
  FALLING,
  HAS_TRIGGER_PRICE,
  IS_ACTIVE,
  LAST_PRICE,
  ORDER_ID,
  QUEUE_HEAD,
  QUEUE_NEXT,
  QUEUE_PRICE,
  QUEUE_TAIL,
  RISING,
  SELL,
  SPECIAL_MARKET,
  SPECIAL_ORDER,
  TICKS_END,
  TRAILING_BIPS,
  TRAILING_HEAD,
  TRAILING_TAIL,
  TRIGGER_ABOVE,
  TRIGGER_BELOW,
  TRIGGER_CHILD,
  TRIGGER_NEXT,
  TRIGGER_PLACE,
  TRIGGER_PREV,
  TRIGGER_PRICE,
} = layout

const IN_RISING = 1
const IN_FALLING = 2
const IN_TRAILING = 3
const IN_QUEUE = 4
const BIPS = 10_000

function numberOf(special: number): number {
  return f[(i[special + SPECIAL_ORDER]! + ORDER_ID) >> 1]!
}

/** Whether `one` is reached before `other`, both of one heap. */
function isNearer(one: number, other: number): boolean {
  const first = i[one + TRIGGER_PRICE]!
  const second = i[other + TRIGGER_PRICE]!
  if (first !== second) return i[one + TRIGGER_PLACE] === IN_RISING ? first < second : first > second
  return numberOf(one) < numberOf(other)
}

/** Joins two pairing heaps; either may be empty. */
function meld(one: number, other: number): number {
  if (one === 0) return other
  if (other === 0) return one
  const root = isNearer(one, other) ? one : other
  const child = root === one ? other : one
  const sibling = i[root + TRIGGER_CHILD]!
  i[child + TRIGGER_NEXT] = sibling
  if (sibling !== 0) i[sibling + TRIGGER_PREV] = child
  i[child + TRIGGER_PREV] = root
  i[root + TRIGGER_CHILD] = child
  return root
}

/** One heap of a root's children: in pairs from the first on, then those from the last on. */
function meldAll(first: number): number {
  let pairs = 0
  while (first !== 0) {
    const second = i[first + TRIGGER_NEXT]!
    const rest = second === 0 ? 0 : i[second + TRIGGER_NEXT]!
    i[first + TRIGGER_NEXT] = 0
    if (second !== 0) i[second + TRIGGER_NEXT] = 0
    const pair = meld(first, second)
    i[pair + TRIGGER_NEXT] = pairs
    pairs = pair
    first = rest
  }
  let root = 0
  while (pairs !== 0) {
    const next = i[pairs + TRIGGER_NEXT]!
    i[pairs + TRIGGER_NEXT] = 0
    root = meld(root, pairs)
    pairs = next
  }
  return root
}

function leaveHeap(special: number, head: number): void {
  const children = meldAll(i[special + TRIGGER_CHILD]!)
  i[special + TRIGGER_CHILD] = 0
  if (i[head] === special) {
    i[head] = children
    return
  }
  const prev = i[special + TRIGGER_PREV]!
  const next = i[special + TRIGGER_NEXT]!
  if (i[prev + TRIGGER_CHILD] === special) i[prev + TRIGGER_CHILD] = next
  else i[prev + TRIGGER_NEXT] = next
  if (next !== 0) i[next + TRIGGER_PREV] = prev
  i[special + TRIGGER_NEXT] = 0
  i[head] = meld(i[head]!, children)
}

/** By number: an order that was pending is older than when it came here. */
function joinTrailing(special: number, market: number): void {
  let prev = i[market + TRAILING_TAIL]!
  while (prev !== 0 && numberOf(prev) > numberOf(special)) prev = i[prev + TRIGGER_PREV]!
  const next = prev === 0 ? i[market + TRAILING_HEAD]! : i[prev + TRIGGER_NEXT]!
  i[special + TRIGGER_PREV] = prev
  i[special + TRIGGER_NEXT] = next
  if (prev === 0) i[market + TRAILING_HEAD] = special
  else i[prev + TRIGGER_NEXT] = special
  if (next === 0) i[market + TRAILING_TAIL] = special
  else i[next + TRIGGER_PREV] = special
}

function leaveTrailing(special: number, market: number): void {
  const prev = i[special + TRIGGER_PREV]!
  const next = i[special + TRIGGER_NEXT]!
  if (prev === 0) i[market + TRAILING_HEAD] = next
  else i[prev + TRIGGER_NEXT] = next
  if (next === 0) i[market + TRAILING_TAIL] = prev
  else i[next + TRIGGER_PREV] = prev
}

/** The prices from which on a trade has to call `tradedAt`. */
function setBounds(market: number): void {
  const isTrailing = i[market + TRAILING_HEAD] !== 0
  const rising = i[market + RISING]!
  const falling = i[market + FALLING]!
  i[market + TRIGGER_ABOVE] = isTrailing ? 0 : rising === 0 ? TICKS_END : i[rising + TRIGGER_PRICE]!
  i[market + TRIGGER_BELOW] = falling === 0 ? 0 : i[falling + TRIGGER_PRICE]!
}

/** Stops of buyers and take-profits of sellers wait for the price to rise, the others for it to fall. */
export function isRising(side: number, type: number): boolean {
  return isStop(type) === (side === BUY)
}

/** Whether `price` sets off an order that waits for `trigger`. */
export function isReached(side: number, type: number, trigger: number, price: number): boolean {
  return isRising(side, type) ? price >= trigger : price <= trigger
}

/** The order waits from now on. A trail starts at the last price, unless its activation is still to come. */
export function joinTriggers(special: number, market: number): void {
  const order = i[special + SPECIAL_ORDER]!
  i[special + TRIGGER_CHILD] = 0
  i[special + TRIGGER_NEXT] = 0
  i[special + TRIGGER_PREV] = 0
  if (i[special + TRAILING_BIPS] !== 0) {
    i[special + TRIGGER_PLACE] = IN_TRAILING
    startTrailing(special, i[market + LAST_PRICE]!)
    joinTrailing(special, market)
  } else {
    const rises = isRising(sideOf(order), typeOf(order))
    const head = market + (rises ? RISING : FALLING)
    i[special + TRIGGER_PLACE] = rises ? IN_RISING : IN_FALLING
    i[head] = meld(i[head]!, special)
  }
  setBounds(market)
}

/** Takes an order from wherever it waits; one that does not is left alone. */
export function leaveTriggers(special: number): void {
  const market = i[special + SPECIAL_MARKET]!
  const place = i[special + TRIGGER_PLACE]!
  if (place === 0) return
  if (place === IN_QUEUE) leaveQueue(special)
  else if (place === IN_TRAILING) leaveTrailing(special, market)
  else leaveHeap(special, market + (place === IN_RISING ? RISING : FALLING))
  i[special + TRIGGER_PLACE] = 0
  setBounds(market)
}

/** To run when the command's own order is done; `price` is that of the trade that did it. */
export function enqueue(special: number, price: number): void {
  i[special + TRIGGER_PLACE] = IN_QUEUE
  i[special + QUEUE_PRICE] = price
  i[special + QUEUE_NEXT] = 0
  const tail = i[QUEUE_TAIL]!
  if (tail === 0) i[QUEUE_HEAD] = special
  else i[tail + QUEUE_NEXT] = special
  i[QUEUE_TAIL] = special
}

function leaveQueue(special: number): void {
  let prev = 0
  for (let at = i[QUEUE_HEAD]!; at !== special; at = i[at + QUEUE_NEXT]!) prev = at
  const next = i[special + QUEUE_NEXT]!
  if (prev === 0) i[QUEUE_HEAD] = next
  else i[prev + QUEUE_NEXT] = next
  if (next === 0) i[QUEUE_TAIL] = prev
}

/** Queues what a trade at `price` triggers. Of those that trail it first moves the extreme they follow. */
export function tradedAt(market: number, price: number): void {
  for (let root = i[market + RISING]!; root !== 0; root = i[market + RISING]!) {
    if (i[root + TRIGGER_PRICE]! > price) break
    leaveTriggers(root)
    enqueue(root, price)
  }
  for (let root = i[market + FALLING]!; root !== 0; root = i[market + FALLING]!) {
    if (i[root + TRIGGER_PRICE]! < price) break
    leaveTriggers(root)
    enqueue(root, price)
  }
  for (let special = i[market + TRAILING_HEAD]!; special !== 0;) {
    const next = i[special + TRIGGER_NEXT]!
    if (follow(special, price)) {
      leaveTriggers(special)
      enqueue(special, price)
    }
    special = next
  }
}

/** Moves what a trailing order follows; true when the price has come back to it far enough. */
function follow(special: number, price: number): boolean {
  const order = i[special + SPECIAL_ORDER]!
  const side = sideOf(order)
  if (i[special + IS_ACTIVE] === 0) {
    if (!isReached(side, typeOf(order), i[special + TRIGGER_PRICE]!, price)) return false
    i[special + IS_ACTIVE] = 1
    i[special + EXTREME] = price
    return false
  }
  const extreme = i[special + EXTREME]!
  if (extreme === 0 || (side === SELL ? price > extreme : price < extreme)) {
    i[special + EXTREME] = price
    return false
  }
  const bips = i[special + TRAILING_BIPS]!
  return side === SELL ? price * BIPS <= extreme * (BIPS - bips) : price * BIPS >= extreme * (BIPS + bips)
}

function startTrailing(special: number, last: number): void {
  const order = i[special + SPECIAL_ORDER]!
  const isActive =
    i[special + HAS_TRIGGER_PRICE] === 0 ||
    (last !== 0 && isReached(sideOf(order), typeOf(order), i[special + TRIGGER_PRICE]!, last))
  i[special + IS_ACTIVE] = isActive ? 1 : 0
  i[special + EXTREME] = isActive ? last : 0
}
