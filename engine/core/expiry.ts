/** Orders that expire, in a heap by their time and then their number. */
import type { EngineState } from './state.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'

const { f, i } = memory
const { EXPIRES_AT, EXPIRIES_AT, EXPIRY_COUNT, EXPIRY_PLACE, ORDER_ID, SPECIAL_ORDER } = layout

/** When the next order expires; Infinity when none will. */
export function nextExpiry(s: EngineState): number {
  return s.i[EXPIRY_COUNT] === 0 ? Infinity : s.f[(s.i[EXPIRIES_AT]! + EXPIRES_AT) >> 1]!
}

/** The order that expires next, 0 when none has by `time`. */
export function firstExpired(time: number): number {
  if (i[EXPIRY_COUNT] === 0) return 0
  const special = at(1)
  return f[(special + EXPIRES_AT) >> 1]! <= time ? i[special + SPECIAL_ORDER]! : 0
}

export function countExpired(time: number): number {
  let count = 0
  for (let place = 1; place <= i[EXPIRY_COUNT]!; place++) {
    if (f[(at(place) + EXPIRES_AT) >> 1]! <= time) count++
  }
  return count
}

function isBefore(one: number, other: number): boolean {
  const first = f[(one + EXPIRES_AT) >> 1]!
  const second = f[(other + EXPIRES_AT) >> 1]!
  if (first !== second) return first < second
  return f[(i[one + SPECIAL_ORDER]! + ORDER_ID) >> 1]! < f[(i[other + SPECIAL_ORDER]! + ORDER_ID) >> 1]!
}

/** Places count from one, so that zero says it is not in the heap. */
function at(place: number): number {
  return i[EXPIRIES_AT + place - 1]!
}

function put(place: number, special: number): void {
  i[EXPIRIES_AT + place - 1] = special
  i[special + EXPIRY_PLACE] = place
}

function rise(special: number, place: number): void {
  while (place > 1) {
    const parent = at(place >> 1)
    if (!isBefore(special, parent)) break
    put(place, parent)
    place >>= 1
  }
  put(place, special)
}

function sink(special: number, place: number): void {
  const count = i[EXPIRY_COUNT]!
  for (;;) {
    let child = place * 2
    if (child > count) break
    if (child < count && isBefore(at(child + 1), at(child))) child++
    if (!isBefore(at(child), special)) break
    put(place, at(child))
    place = child
  }
  put(place, special)
}

export function addExpiry(special: number): void {
  const count = i[EXPIRY_COUNT]! + 1
  i[EXPIRY_COUNT] = count
  rise(special, count)
}

/** Takes an order from the heap; one that never expires is not in it. */
export function removeExpiry(special: number): void {
  const place = i[special + EXPIRY_PLACE]!
  if (place === 0) return
  i[special + EXPIRY_PLACE] = 0
  const count = i[EXPIRY_COUNT]!
  const last = at(count)
  i[EXPIRIES_AT + count - 1] = 0
  i[EXPIRY_COUNT] = count - 1
  if (last === special) return
  if (place > 1 && isBefore(last, at(place >> 1))) rise(last, place)
  else sink(last, place)
}
