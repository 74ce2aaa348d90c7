/** The money of a trade that is not a plain one: at a price of its own, or with a fee in another asset. */
import { feeOf, findRow } from './balance.ts'
import { holdOf, payingRow } from './book.ts'
import { discounted } from './discount.ts'
import { meeting, writeMeeting } from './meeting-event.ts'
import { sideOf } from './order-words.ts'
import { loadedState } from './state.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'

const { f, i } = memory
const {
  ACCOUNT,
  ASSET_BITS,
  AVAILABLE,
  BASE_ROW,
  BASE_UNIT,
  BUY,
  FEES,
  FEE_BASE_ROW,
  FEE_QUOTE_ROW,
  HELD,
  IS_DISCOUNTED,
  PRICE,
  QUOTE_ROW,
  QUOTE_UNIT,
  ROW_ASSET,
  TIER_SHIFT,
} = layout

function add(row: number, units: number): void {
  f[(row + AVAILABLE) >> 1] = f[(row + AVAILABLE) >> 1]! + units
}

/** What the order pays and gets, before fees. One on the book gives back what it held for these lots, and pays from that. */
function exchange(order: number, isHeld: boolean): void {
  const { market, price, lots } = meeting
  const side = sideOf(order)
  const base = lots * f[(market + BASE_UNIT) >> 1]!
  const quote = price * lots * f[(market + QUOTE_UNIT) >> 1]!
  const row = payingRow(order, side)
  if (isHeld) {
    const held = holdOf(market, side, i[order + PRICE]!, lots)
    f[(row + HELD) >> 1] = f[(row + HELD) >> 1]! - held
    add(row, held)
  }
  add(row, side === BUY ? -quote : -base)
  add(i[order + (side === BUY ? BASE_ROW : QUOTE_ROW)]!, side === BUY ? base : quote)
}

/** The index of the asset a fee is paid in, when it is not the one received, and how much of either. */
const charged = { fee: 0, asset: -1 }

function charge(order: number, isTaker: boolean): void {
  const { market, price, lots } = meeting
  const side = sideOf(order)
  const got =
    side === BUY ? lots * f[(market + BASE_UNIT) >> 1]! : price * lots * f[(market + QUOTE_UNIT) >> 1]!
  const row = i[order + (side === BUY ? BASE_ROW : QUOTE_ROW)]!
  const word = i[row + ROW_ASSET]!
  const rates = market + FEES + ((word >>> (TIER_SHIFT - 1)) & 30)
  charged.fee = feeOf(got, i[rates + (isTaker ? 1 : 0)]!)
  charged.asset = -1
  if (word & IS_DISCOUNTED && charged.fee > 0 && payWithDiscount(order, isTaker, word & ASSET_BITS)) return
  add(row, -charged.fee)
  add(i[market + (side === BUY ? FEE_BASE_ROW : FEE_QUOTE_ROW)]!, charged.fee)
}

function payWithDiscount(order: number, isTaker: boolean, feeAsset: number): boolean {
  const terms = loadedState().discounts.get(feeAsset)
  if (!terms) return false
  // A taker's next trade may need all it has of what it pays with.
  const paid = i[payingRow(order, sideOf(order)) + ROW_ASSET]! & ASSET_BITS
  if (isTaker && terms.asset === paid) return false
  const cost = discounted(terms, charged.fee)
  const row = findRow(i[order + ACCOUNT]!, terms.asset)
  if (row === 0 ? cost > 0 : f[(row + AVAILABLE) >> 1]! < cost) return false
  if (row !== 0) add(row, -cost)
  add(terms.feeRow, cost)
  charged.fee = cost
  charged.asset = terms.asset
  return true
}

/** Moves the money of the trade that `meeting` describes, and tells it. `isTakerHeld` when both orders are on the book. */
export function settleMeeting(isTakerHeld: boolean): void {
  exchange(meeting.maker, true)
  exchange(meeting.taker, isTakerHeld)
  charge(meeting.taker, true)
  meeting.takerFee = charged.fee
  meeting.takerFeeAsset = charged.asset
  charge(meeting.maker, false)
  meeting.makerFee = charged.fee
  meeting.makerFeeAsset = charged.asset
  writeMeeting()
}
