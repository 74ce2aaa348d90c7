/** What accounts have: available and held per asset, and the fee that a trade leaves behind. */
import type { AccountRecord, EngineState } from './state.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'

const { i } = memory
const {
  ASSET_BITS,
  IS_DISCOUNTED,
  IS_GROUPED,
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
  TIER_SHIFT,
} = layout

// Called from here too; see `memory.ts` for the copies.
const rowSlotHere = rowSlot
const findRowHere = findRow

/** Fees collect in this account, so that what is in the engine never changes by a trade. */
export const FEE_ACCOUNT = 0

/** Coprime to the table's size, so that a search sees all of it, and past the line it is in. */
const STEP = 17

/** Four neighbours' rows of four neighbouring assets share a cache line: both assets of a market often do. */
export function rowSlot(account: number, asset: number): number {
  const hash = Math.imul(account >>> 2, 0x9e3779b1) ^ Math.imul(asset >>> 2, 0x85ebca6b)
  return ((hash ^ (hash >>> 15)) << 4) | ((account & 3) << 2) | (asset & 3)
}

/** The row, or 0. */
export function findRow(account: number, asset: number): number {
  const mask = i[ROW_MASK]!
  for (let slot = rowSlotHere(account, asset) & mask; ; slot = (slot + STEP) & mask) {
    const row = i[ROW_INDEX + slot]!
    if (row === 0 || (i[row + ROW_ACCOUNT] === account && (i[row + ROW_ASSET]! & ASSET_BITS) === asset)) {
      return row
    }
  }
}

export function hasRows(count: number): boolean {
  return i[ROW_TOP]! + count * ROW_WORDS <= i[ROW_END]!
}

/** What an account is to trades, as it stands beside the asset in every row of it. */
export function accountBits(record: AccountRecord | undefined): number {
  if (!record) return 0
  const { feeTier, tradeGroup, discount } = record
  return (feeTier << TIER_SHIFT) | (discount ? IS_DISCOUNTED : 0) | (tradeGroup === 0 ? 0 : IS_GROUPED)
}

export function openRow(s: EngineState, account: number, asset: number): number {
  const existing = findRowHere(account, asset)
  if (existing !== 0) return existing
  const row = i[ROW_TOP]!
  i[ROW_TOP] = row + ROW_WORDS
  i[row + ROW_ACCOUNT] = account
  i[row + ROW_HEAD] = row
  i[row + ROW_TAIL] = row
  const rows = s.rowsByAccount.get(account)
  i[row + ROW_ASSET] = asset | accountBits(s.accounts.get(account))
  const mask = i[ROW_MASK]!
  let slot = rowSlotHere(account, asset) & mask
  while (i[ROW_INDEX + slot] !== 0) slot = (slot + STEP) & mask
  i[ROW_INDEX + slot] = row
  if (rows) rows.push(row)
  else s.rowsByAccount.set(account, [row])
  return row
}

/** Adds an order to those that hold part of this row, as the newest. */
export function attachOrder(row: number, order: number): void {
  const tail = i[row + ROW_TAIL]!
  i[order + ROW_NEXT] = row
  i[order + ROW_PREV] = tail
  i[tail + ROW_NEXT] = order
  i[row + ROW_TAIL] = order
}

export function detachOrder(order: number): void {
  const next = i[order + ROW_NEXT]!
  const prev = i[order + ROW_PREV]!
  i[prev + ROW_NEXT] = next
  i[next + ROW_PREV] = prev
}

/**
 * `amount × ppm ÷ 1,000,000` rounded up. Split, because the plain product would pass 2^53. The first part need only be
 * near: whatever it leaves, a little below zero too, the second adds exactly.
 */
export function feeOf(amount: number, ppm: number): number {
  const millions = Math.floor(amount * 1e-6)
  return millions * ppm + Math.ceil(((amount - millions * 1_000_000) * ppm) / 1_000_000)
}
