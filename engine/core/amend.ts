/** A resting order's new price or quantity, in one step. */
import { holdOf, link, payingRow, unlink } from './book.ts'
import { writeAmended } from './event-record.ts'
import { findNamed, marketAt, rejectNamed, rejectNotFound } from './order.ts'
import { codeOf } from '../messages/event.ts'
import { draft, redraft } from './draft.ts'
import {
  refusalOfBand,
  refusalOfDisplay,
  refusalOfNotional,
  refusalOfPrice,
  refusalOfQuantity,
  refusalOfSize,
} from './filters.ts'
import { refusalOfPosition } from './limits.ts'
import { OPEN, statusOf } from './order-words.ts'
import { OFF_GRID } from '../messages/market.ts'
import { hasNodes } from './price-index.ts'
import { run } from './run.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

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

export function amend(at: number): void {
  const market = marketAt(i[at + COMMAND_MARKET]!)
  if (market === 0) return rejectNotFound(at, OP_AMEND)
  const state = i[market + STATE]!
  if (state === HALTED) return rejectNamed(at, OP_AMEND, market, MARKET_HALTED)
  if (state === CANCEL_ONLY) return rejectNamed(at, OP_AMEND, market, codeOf('market_cancel_only'))
  const order = findNamed(at, i[at + COMMAND_ACCOUNT]!, market)
  if (order === 0) return rejectNamed(at, OP_AMEND, market, ORDER_NOT_FOUND)
  if (statusOf(order) !== OPEN || i[order + FLAGS]! & IS_LISTED)
    return rejectNamed(at, OP_AMEND, market, codeOf('order_not_amendable'))
  const flags = i[at + COMMAND_HEAD]! >>> 24
  const price = flags & FLAG_AMEND_PRICE ? i[at + COMMAND_PRICE]! : i[order + PRICE]!
  const before = f[(order + QUANTITY) >> 1]!
  const quantity = flags & FLAG_AMEND_QUANTITY ? quantityAt(at) : before
  const side = i[order + FLAGS]! & SELL
  const leaves = f[(order + LEAVES) >> 1]! + quantity - before
  const more =
    holdOf(market, side, price, leaves) - holdOf(market, side, i[order + PRICE]!, f[(order + LEAVES) >> 1]!)
  const best = i[market + BEST + 1 - side]!
  const isCrossing =
    best !== 0 &&
    state !== PRE_OPEN &&
    (side === BUY ? i[best + LEVEL_PRICE]! <= price : i[best + LEVEL_PRICE]! >= price)
  const row = payingRow(order, side)

  const isUnusual = i[market + FILTERS] !== 0 || (i[order + FLAGS]! & IS_ICEBERG) !== 0
  let reason = isUnusual ? refusalOfAmended(market, order, price, quantity) : NONE
  if (reason !== NONE) return rejectNamed(at, OP_AMEND, market, reason)
  if (price <= 0 || price >= TICKS_END) reason = price === OFF_GRID ? PRICE_OFF_TICK : PRICE_OUT_OF_RANGE
  else if (!(quantity > 0 && quantity < AMOUNT_END))
    reason = quantity === OFF_GRID ? QUANTITY_OFF_LOT : QUANTITY_OUT_OF_RANGE
  else if (leaves <= 0) reason = QUANTITY_BELOW_FILLED
  else if (price * quantity * f[(market + QUOTE_UNIT) >> 1]! >= AMOUNT_END) reason = OVERFLOW
  else if (quantity * f[(market + BASE_UNIT) >> 1]! >= AMOUNT_END) reason = OVERFLOW
  else if (
    price * quantity * f[(market + QUOTE_UNIT) >> 1]! < f[(market + NOTIONAL_MIN) >> 1]! &&
    !(i[order + FLAGS]! & FLAG_ANY_NOTIONAL)
  )
    reason = NOTIONAL_BELOW_MIN
  else if (!hasNodes()) reason = codeOf('engine_full')
  else if (more > f[(row + AVAILABLE) >> 1]!) reason = INSUFFICIENT_FUNDS
  else if (isCrossing && i[order + FLAGS]! & FLAG_POST_ONLY) reason = WOULD_MATCH
  if (reason !== NONE) return rejectNamed(at, OP_AMEND, market, reason)

  if (price === i[order + PRICE] && quantity <= before) {
    const level = i[order + LEVEL]!
    f[(level + VOLUME) >> 1] = f[(level + VOLUME) >> 1]! + quantity - before
    f[(order + LEAVES) >> 1] = leaves
    f[(order + QUANTITY) >> 1] = quantity
    if (i[order + FLAGS]! & IS_ICEBERG) f[(order + SHOWN) >> 1] = Math.min(f[(order + SHOWN) >> 1]!, leaves)
    f[(row + AVAILABLE) >> 1] = f[(row + AVAILABLE) >> 1]! - more
    f[(row + HELD) >> 1] = f[(row + HELD) >> 1]! + more
    return writeAmended(market, order, true)
  }
  unlink(order)
  if (isCrossing) {
    const held = holdOf(market, side, i[order + PRICE]!, f[(order + LEAVES) >> 1]!)
    f[(row + AVAILABLE) >> 1] = f[(row + AVAILABLE) >> 1]! + held
    f[(row + HELD) >> 1] = f[(row + HELD) >> 1]! - held
    f[(order + LEAVES) >> 1] = leaves
    f[(order + QUANTITY) >> 1] = quantity
    i[order + PRICE] = price
    writeAmended(market, order, false)
    return run(market, side, order, price, false)
  }
  f[(order + LEAVES) >> 1] = leaves
  f[(order + QUANTITY) >> 1] = quantity
  i[order + PRICE] = price
  f[(row + AVAILABLE) >> 1] = f[(row + AVAILABLE) >> 1]! - more
  f[(row + HELD) >> 1] = f[(row + HELD) >> 1]! + more
  writeAmended(market, order, false)
  link(market, side, order)
}

/** The checks of all new terms, for icebergs and where filters are on. Those that every amend has are made once more after. */
function refusalOfAmended(market: number, order: number, price: number, quantity: number): number {
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
function quantityAt(at: number): number {
  return f[(at + ((i[at + COMMAND_HEAD]! & 0xffff) >> 2) - 2) >> 1]!
}
