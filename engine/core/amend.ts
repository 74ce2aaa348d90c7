/** A resting order's new price or quantity, in one step. */
import * as bookModule from './book.ts'
import * as eventRecordModule from './event-record.ts'
import * as orderModule from './order.ts'
import * as eventModule from '../messages/event.ts'
import * as draftModule from './draft.ts'
import * as filtersModule from './filters.ts'
import * as limitsModule from './limits.ts'
import * as orderWordsModule from './order-words.ts'
import * as marketModule from '../messages/market.ts'
import * as priceIndexModule from './price-index.ts'
import * as runModule from './run.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { holdOf, link, payingRow, release, unlink } = bookModule
const { writeAmended } = eventRecordModule
const { findNamed, marketAt, rejectNamed, rejectNotFound } = orderModule
const { codeOf } = eventModule
const { draft, redraft } = draftModule
const {
  refusalOfBand,
  refusalOfDisplay,
  refusalOfNotional,
  refusalOfPrice,
  refusalOfQuantity,
  refusalOfSize,
} = filtersModule
const { refusalOfPosition } = limitsModule
const { OPEN, statusOf } = orderWordsModule
const { OFF_GRID } = marketModule
const { hasNodes } = priceIndexModule
const { run } = runModule

const { f, i } = memory
const {
  AMOUNT_END,
  AVAILABLE,
  BASE_UNIT,
  BEST,
  BUY,
  FILTERS,
  FLAGS,
  HELD,
  IS_ICEBERG,
  IS_LISTED,
  LEAVES,
  LEVEL,
  LEVEL_PRICE,
  NOTIONAL_MIN,
  PRICE,
  QUANTITY,
  QUOTE_UNIT,
  SELL,
  SHOWN,
  STATE,
  TICKS_END,
  VOLUME,
} = layout
const {
  COMMAND_ACCOUNT,
  COMMAND_HEAD,
  COMMAND_MARKET,
  COMMAND_PRICE,
  FLAG_AMEND_PRICE,
  FLAG_AMEND_QUANTITY,
  FLAG_ANY_NOTIONAL,
  FLAG_POST_ONLY,
  OP_AMEND,
} = records

const NONE = 0
const PRE_OPEN = records.marketStates.indexOf('preOpen')
const CANCEL_ONLY = records.marketStates.indexOf('cancelOnly')
const HALTED = records.marketStates.indexOf('halted')
const MARKET_HALTED = codeOf('market_halted')
const ORDER_NOT_FOUND = codeOf('order_not_found')
const PRICE_OFF_TICK = codeOf('price_off_tick')
const PRICE_OUT_OF_RANGE = codeOf('price_out_of_range')
const QUANTITY_OFF_LOT = codeOf('quantity_off_lot')
const QUANTITY_OUT_OF_RANGE = codeOf('quantity_out_of_range')
const QUANTITY_BELOW_FILLED = codeOf('quantity_below_filled')
const OVERFLOW = codeOf('overflow')
const NOTIONAL_BELOW_MIN = codeOf('notional_below_min')
const INSUFFICIENT_FUNDS = codeOf('insufficient_funds')
const WOULD_MATCH = codeOf('would_match')
const ENGINE_FULL = codeOf('engine_full')
const MARKET_CANCEL_ONLY = codeOf('market_cancel_only')
const ORDER_NOT_AMENDABLE = codeOf('order_not_amendable')

export function amend(at: number): void {
  const market = marketAt(i[at + COMMAND_MARKET]!)
  if (market === 0) return rejectNotFound(at, OP_AMEND)
  const state = i[market + STATE]!
  if (state === HALTED) return rejectNamed(at, OP_AMEND, market, MARKET_HALTED)
  if (state === CANCEL_ONLY) return rejectNamed(at, OP_AMEND, market, MARKET_CANCEL_ONLY)
  const order = findNamed(at, i[at + COMMAND_ACCOUNT]!, market)
  if (order === 0) return rejectNamed(at, OP_AMEND, market, ORDER_NOT_FOUND)
  if (statusOf(order) !== OPEN || i[order + FLAGS]! & IS_LISTED)
    return rejectNamed(at, OP_AMEND, market, ORDER_NOT_AMENDABLE)
  const flags = i[at + COMMAND_HEAD]! >>> 24
  const price = flags & FLAG_AMEND_PRICE ? i[at + COMMAND_PRICE]! : i[order + PRICE]!
  const quantity = flags & FLAG_AMEND_QUANTITY ? quantityAt(at) : f[(order + QUANTITY) >> 1]!
  const leaves = f[(order + LEAVES) >> 1]! + quantity - f[(order + QUANTITY) >> 1]!
  const more = moreHeld(market, order, price, leaves)
  const isUnusual = i[market + FILTERS] !== 0 || (i[order + FLAGS]! & IS_ICEBERG) !== 0
  const reason =
    (isUnusual ? refusalOfAmended(market, order, price, quantity) : NONE) ||
    refusalOf(market, order, price, quantity, leaves, more)
  if (reason !== NONE) return rejectNamed(at, OP_AMEND, market, reason)
  if (price === i[order + PRICE] && quantity <= f[(order + QUANTITY) >> 1]!) {
    addHeld(order, more)
    shrink(market, order, quantity, leaves)
  } else if (isCrossing(market, order, price)) {
    const side = i[order + FLAGS]! & SELL
    release(market, side, order)
    move(market, order, price, quantity, leaves)
    run(market, side, order, price, false)
  } else {
    addHeld(order, more)
    move(market, order, price, quantity, leaves)
    link(market, i[order + FLAGS]! & SELL, order)
  }
}

/** How much more the order has to hold with its new price and leaves. */
const moreHeld = (market: number, order: number, price: number, leaves: number): number => {
  const side = i[order + FLAGS]! & SELL
  const held = holdOf(market, side, i[order + PRICE]!, f[(order + LEAVES) >> 1]!)
  return holdOf(market, side, price, leaves) - held
}

const isCrossing = (market: number, order: number, price: number): boolean => {
  const side = i[order + FLAGS]! & SELL
  const best = i[market + BEST + 1 - side]!
  if (best === 0 || i[market + STATE] === PRE_OPEN) return false
  return side === BUY ? i[best + LEVEL_PRICE]! <= price : i[best + LEVEL_PRICE]! >= price
}

const refusalOf = (
  market: number,
  order: number,
  price: number,
  quantity: number,
  leaves: number,
  more: number,
): number => {
  if (price <= 0 || price >= TICKS_END) return price === OFF_GRID ? PRICE_OFF_TICK : PRICE_OUT_OF_RANGE
  if (!(quantity > 0 && quantity < AMOUNT_END))
    return quantity === OFF_GRID ? QUANTITY_OFF_LOT : QUANTITY_OUT_OF_RANGE
  if (leaves <= 0) return QUANTITY_BELOW_FILLED
  const flags = i[order + FLAGS]!
  const notional = price * quantity * f[(market + QUOTE_UNIT) >> 1]!
  if (notional >= AMOUNT_END || quantity * f[(market + BASE_UNIT) >> 1]! >= AMOUNT_END) return OVERFLOW
  if (notional < f[(market + NOTIONAL_MIN) >> 1]! && !(flags & FLAG_ANY_NOTIONAL)) return NOTIONAL_BELOW_MIN
  if (!hasNodes()) return ENGINE_FULL
  const row = payingRow(order, flags & SELL)
  if (more > f[(row + AVAILABLE) >> 1]!) return INSUFFICIENT_FUNDS
  return flags & FLAG_POST_ONLY && isCrossing(market, order, price) ? WOULD_MATCH : NONE
}

const addHeld = (order: number, units: number): void => {
  const row = payingRow(order, i[order + FLAGS]! & SELL)
  f[(row + AVAILABLE) >> 1] = f[(row + AVAILABLE) >> 1]! - units
  f[(row + HELD) >> 1] = f[(row + HELD) >> 1]! + units
}

/** Not more at the same price: the order keeps its place. */
const shrink = (market: number, order: number, quantity: number, leaves: number): void => {
  const level = i[order + LEVEL]!
  f[(level + VOLUME) >> 1] = f[(level + VOLUME) >> 1]! + leaves - f[(order + LEAVES) >> 1]!
  f[(order + LEAVES) >> 1] = leaves
  f[(order + QUANTITY) >> 1] = quantity
  if (i[order + FLAGS]! & IS_ICEBERG) f[(order + SHOWN) >> 1] = Math.min(f[(order + SHOWN) >> 1]!, leaves)
  writeAmended(market, order, true)
}

/** Leaves its place. With a price that meets the other side it then acts like a new order. */
const move = (market: number, order: number, price: number, quantity: number, leaves: number): void => {
  unlink(order)
  f[(order + LEAVES) >> 1] = leaves
  f[(order + QUANTITY) >> 1] = quantity
  i[order + PRICE] = price
  writeAmended(market, order, false)
}

/** The checks of all new terms, for icebergs and where filters are on. Those that every amend has are made once more after. */
const refusalOfAmended = (market: number, order: number, price: number, quantity: number): number => {
  redraft(order, market)
  draft.leaves += quantity - draft.lots
  draft.price = price
  draft.lots = quantity
  const reason = refusalOfPrice() || refusalOfQuantity() || refusalOfDisplay()
  if (reason !== NONE) return reason
  if (draft.leaves <= 0) return QUANTITY_BELOW_FILLED
  return refusalOfSize() || refusalOfNotional() || refusalOfBand() || refusalOfPosition(order)
}

/** The new quantity stands at the command's end. */
const quantityAt = (at: number): number => {
  return f[(at + ((i[at + COMMAND_HEAD]! & 0xffff) >> 2) - 2) >> 1]!
}
