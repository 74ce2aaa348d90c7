/** The special records of orders that wait, expire, belong to a list or name a quote quantity. */
import { addExpiry, removeExpiry } from './expiry.ts'
import { leaveTriggers } from './trigger.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'

const { f, i } = memory
const {
  EXPIRES_AT,
  FLAGS,
  IS_SPECIAL,
  SPECIAL,
  SPECIAL_END,
  SPECIAL_FREE,
  SPECIAL_MARKET,
  SPECIAL_ORDER,
  SPECIAL_TOP,
  SPECIAL_WORDS,
} = layout

/** The words of a free one link it to the next. */
const NEXT_FREE = SPECIAL_ORDER

/** Whether `count` more would find room; those that were freed are not counted one by one. */
export function hasSpecials(count: number): boolean {
  let free = i[SPECIAL_FREE]!
  while (free !== 0 && count > 0) {
    free = i[free + NEXT_FREE]!
    count--
  }
  return i[SPECIAL_TOP]! + count * SPECIAL_WORDS <= i[SPECIAL_END]!
}

/** Gives the order a special record, in which every other word is 0. */
export function openSpecial(order: number, market: number): number {
  let special = i[SPECIAL_FREE]!
  if (special !== 0) i[SPECIAL_FREE] = i[special + NEXT_FREE]!
  else {
    special = i[SPECIAL_TOP]!
    i[SPECIAL_TOP] = special + SPECIAL_WORDS
  }
  i.fill(0, special, special + SPECIAL_WORDS)
  i[special + SPECIAL_ORDER] = order
  i[special + SPECIAL_MARKET] = market
  i[order + SPECIAL] = special
  i[order + FLAGS] = i[order + FLAGS]! | IS_SPECIAL
  return special
}

/** Its order has ended: it is not waited for any more. */
export function closeSpecial(special: number): void {
  removeExpiry(special)
  leaveTriggers(special)
  i[special + NEXT_FREE] = i[SPECIAL_FREE]!
  i[SPECIAL_FREE] = special
}

export function expireAt(special: number, time: number): void {
  f[(special + EXPIRES_AT) >> 1] = time
  addExpiry(special)
}
