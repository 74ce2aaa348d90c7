/** Orders that expire, in a heap by their time and then their number. */
import type { EngineState } from './state.ts'
import * as layout from './layout.ts'

const { EXPIRES_AT, EXPIRY_BASE, EXPIRY_COUNT, EXPIRY_PLACE, ORDER_ID, SPECIAL_ORDER } = layout

/** When the next order expires; Infinity when none will. */
export function nextExpiry(s: EngineState): number {
  const { i, f } = s
  return i[EXPIRY_COUNT] === 0 ? Infinity : f[(i[i[EXPIRY_BASE]!]! + EXPIRES_AT) >> 1]!
}

/** The special of the order that expires next, 0 when none will. */
export function firstToExpire(i: Int32Array): number {
  return i[EXPIRY_COUNT] === 0 ? 0 : i[i[EXPIRY_BASE]!]!
}

function isBefore({ i, f }: EngineState, one: number, other: number): boolean {
  const first = f[(one + EXPIRES_AT) >> 1]!
  const second = f[(other + EXPIRES_AT) >> 1]!
  if (first !== second) return first < second
  return f[(i[one + SPECIAL_ORDER]! + ORDER_ID) >> 1]! < f[(i[other + SPECIAL_ORDER]! + ORDER_ID) >> 1]!
}

/** EXPIRY_PLACE counts from one, so that zero says it is not in the heap. */
function put(i: Int32Array, place: number, special: number): void {
  i[i[EXPIRY_BASE]! + place - 1] = special
  i[special + EXPIRY_PLACE] = place
}

function at(i: Int32Array, place: number): number {
  return i[i[EXPIRY_BASE]! + place - 1]!
}

function rise(s: EngineState, special: number, place: number): void {
  const { i } = s
  while (place > 1) {
    const parent = at(i, place >> 1)
    if (!isBefore(s, special, parent)) break
    put(i, place, parent)
    place >>= 1
  }
  put(i, place, special)
}

function sink(s: EngineState, special: number, place: number): void {
  const { i } = s
  const count = i[EXPIRY_COUNT]!
  for (;;) {
    let child = place * 2
    if (child > count) break
    if (child < count && isBefore(s, at(i, child + 1), at(i, child))) child++
    if (!isBefore(s, at(i, child), special)) break
    put(i, place, at(i, child))
    place = child
  }
  put(i, place, special)
}

export function addExpiry(s: EngineState, special: number): void {
  s.i[EXPIRY_COUNT] = s.i[EXPIRY_COUNT]! + 1
  rise(s, special, s.i[EXPIRY_COUNT])
}

export function removeExpiry(s: EngineState, special: number): void {
  const { i } = s
  const place = i[special + EXPIRY_PLACE]!
  if (place === 0) return
  i[special + EXPIRY_PLACE] = 0
  const last = at(i, i[EXPIRY_COUNT]!)
  i[EXPIRY_COUNT] = i[EXPIRY_COUNT]! - 1
  if (last === special) return
  if (place > 1 && isBefore(s, last, at(i, place >> 1))) rise(s, last, place)
  else sink(s, last, place)
}
