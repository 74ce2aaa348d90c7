/** What accounts have: available and held per asset, and the fee that a trade leaves behind. */
import type { EngineState } from './state.ts'
import * as layout from './layout.ts'

const {
  ROW_ACCOUNT,
  ROW_ASSET,
  ROW_END,
  ROW_HEAD,
  ROW_INDEX,
  ROW_MASK,
  ROW_NEXT,
  ROW_PREV,
  ROW_TAIL,
  ROW_TOP,
  ROW_WORDS,
} = layout

/** Fees collect in this account, so that what is in the engine never changes by a trade. */
export const FEE_ACCOUNT = 0

function rowSlot(account: number, asset: number): number {
  const hash = Math.imul(account, 0x9e3779b1) ^ Math.imul(asset, 0x85ebca6b)
  return hash ^ (hash >>> 15)
}

export function findRow(i: Int32Array, account: number, asset: number): number {
  const base = i[ROW_INDEX]!
  const mask = i[ROW_MASK]!
  for (let slot = rowSlot(account, asset) & mask; ; slot = (slot + 1) & mask) {
    const row = i[base + slot]!
    if (row === 0 || (i[row + ROW_ACCOUNT] === account && i[row + ROW_ASSET] === asset)) return row
  }
}

export function hasRows(i: Int32Array, count: number): boolean {
  return i[ROW_TOP]! + count * ROW_WORDS <= i[ROW_END]!
}

export function openRow(s: EngineState, account: number, asset: number): number {
  const { i } = s
  const existing = findRow(i, account, asset)
  if (existing !== 0) return existing
  const row = i[ROW_TOP]!
  i[ROW_TOP] = row + ROW_WORDS
  i[row + ROW_ACCOUNT] = account
  i[row + ROW_ASSET] = asset
  const base = i[ROW_INDEX]!
  const mask = i[ROW_MASK]!
  let slot = rowSlot(account, asset) & mask
  while (i[base + slot] !== 0) slot = (slot + 1) & mask
  i[base + slot] = row
  const rows = s.rowsByAccount.get(account)
  if (rows) rows.push(row)
  else s.rowsByAccount.set(account, [row])
  return row
}

/** Adds an order to those that hold part of this row, as the newest. */
export function attachOrder(i: Int32Array, row: number, order: number): void {
  const tail = i[row + ROW_TAIL]!
  i[order + ROW_NEXT] = 0
  i[order + ROW_PREV] = tail
  if (tail === 0) i[row + ROW_HEAD] = order
  else i[tail + ROW_NEXT] = order
  i[row + ROW_TAIL] = order
}

export function detachOrder(i: Int32Array, row: number, order: number): void {
  const next = i[order + ROW_NEXT]!
  const prev = i[order + ROW_PREV]!
  if (prev === 0) i[row + ROW_HEAD] = next
  else i[prev + ROW_NEXT] = next
  if (next === 0) i[row + ROW_TAIL] = prev
  else i[next + ROW_PREV] = prev
}

/** `amount × ppm ÷ 1,000,000` rounded up. Split, because the plain product would pass 2^53. */
export function feeOf(amount: number, ppm: number): number {
  let millions = Math.floor(amount / 1_000_000)
  let rest = amount - millions * 1_000_000
  // The quotient may have rounded up to the next whole number; the remainder, which is exact, shows it.
  if (rest < 0) {
    millions -= 1
    rest += 1_000_000
  }
  return millions * ppm + Math.ceil((rest * ppm) / 1_000_000)
}
