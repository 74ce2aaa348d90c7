/** Orders as commands: every check before anything changes, then the match, then rest, expire or cancel. */
import { hasRows, findRow, openRow } from './balance.ts'
import { allocateOrder, freeOrder, hasRoom, holdOf, match, nextLevel, remove, rest } from './book.ts'
import { idAt, nameOf } from '../messages/command-record.ts'
import { writeCanceledAll, writeOrderEvent, writeRejected } from './event-record.ts'
import { cancelReasons, expiryReasons, reasons, type Reason } from '../messages/event.ts'
import { OFF_GRID } from '../messages/market.ts'
import { findByClientId, findById } from './order-index.ts'
import type { EngineState } from './state.ts'
import * as layout from './layout.ts'
import * as records from '../messages/records.ts'

const {
  ACCOUNT,
  AMOUNT_END,
  AVAILABLE,
  BASE_ASSET,
  BASE_ROW,
  BASE_UNIT,
  BEST,
  BUY,
  ID_BYTES,
  ID_LENGTH,
  LEAVES,
  LEVEL,
  LEVEL_MARKET,
  LEVEL_PRICE,
  LEVEL_SIDE,
  MARKET_BASE,
  MARKET_INDEX,
  MARKET_WORDS,
  NOTIONAL_MIN,
  ORDER_ID,
  PRICE,
  QUANTITY,
  QUOTE_ASSET,
  QUOTE_ROW,
  QUOTE_UNIT,
  ROW_HEAD,
  ROW_NEXT,
  SELL,
  SEQ_NEXT,
  STATE,
  TICKS_END,
  VOLUME,
} = layout
const {
  COMMAND_ACCOUNT,
  COMMAND_HEAD,
  COMMAND_LENGTHS,
  COMMAND_MARKET,
  COMMAND_PRICE,
  COMMAND_VALUE,
  EVENT_ACCEPTED,
  EVENT_CANCELED,
  EVENT_EXPIRED,
  FLAG_BY_ORDER,
  FLAG_MARKET,
  FLAG_ANY_NOTIONAL,
  FLAG_POST_ONLY,
  FLAG_SELL,
  OP_CANCEL,
  OP_CANCEL_ALL,
  OP_PLACE,
  TIF_SHIFT,
} = records

const NONE = 0
const GTC = 0
const FOK = 2
export const CANCEL_ALL_MAX = 1000

export function codeOf(reason: Reason): number {
  return reasons.indexOf(reason)
}

const MARKET_HALTED = codeOf('market_halted')
const PRICE_OFF_TICK = codeOf('price_off_tick')
const PRICE_OUT_OF_RANGE = codeOf('price_out_of_range')
const QUANTITY_OFF_LOT = codeOf('quantity_off_lot')
const QUANTITY_OUT_OF_RANGE = codeOf('quantity_out_of_range')
const POST_ONLY_MUST_BE_GTC = codeOf('post_only_must_be_gtc')
const OVERFLOW = codeOf('overflow')
const NOTIONAL_BELOW_MIN = codeOf('notional_below_min')
const DUPLICATE_ID = codeOf('duplicate_id')
const ENGINE_FULL = codeOf('engine_full')
const INSUFFICIENT_FUNDS = codeOf('insufficient_funds')
const WOULD_MATCH = codeOf('would_match')
const IMMEDIATE_OR_CANCEL = expiryReasons.indexOf('immediate_or_cancel')
const FILL_OR_KILL = expiryReasons.indexOf('fill_or_kill')
const NO_LIQUIDITY = expiryReasons.indexOf('no_liquidity')
const REQUESTED = cancelReasons.indexOf('requested')
const ALL = cancelReasons.indexOf('cancel_all')

function marketOf(s: EngineState, index: number): number {
  return index >= 0 && index < s.markets.length ? s.i[MARKET_BASE]! + index * MARKET_WORDS : 0
}

function rejectNotFound(s: EngineState, at: number, op: number): void {
  writeRejected(s, at, op, s.i[at + COMMAND_ACCOUNT]!, -1, codeOf('market_not_found'), nameOf(s, at), 0)
}

export function place(s: EngineState, at: number): void {
  const { i, f } = s
  const account = i[at + COMMAND_ACCOUNT]!
  const market = marketOf(s, i[at + COMMAND_MARKET]!)
  if (market === 0) return rejectNotFound(s, at, OP_PLACE)
  const flags = i[at + COMMAND_HEAD]! >>> 24
  const side = flags & FLAG_SELL ? SELL : BUY
  const lots = f[(at + COMMAND_VALUE) >> 1]!
  // A market order's limit is the last price there is, so that one comparison serves both types.
  const limit = flags & FLAG_MARKET ? (side === BUY ? TICKS_END : 0) : i[at + COMMAND_PRICE]!

  const baseRow = findRow(i, account, i[market + BASE_ASSET]!)
  const quoteRow = findRow(i, account, i[market + QUOTE_ASSET]!)
  let reason = refusalOfTerms(s, at, market, flags, lots)
  if (reason === NONE) {
    reason = refusalOfMeans(s, market, side === BUY ? quoteRow : baseRow, side, flags, limit, lots)
  }
  if (reason !== NONE) {
    return writeRejected(s, at, OP_PLACE, account, i[market + MARKET_INDEX]!, reason, '', 0)
  }

  const order = allocateOrder(i)
  i[order + ACCOUNT] = account
  i[order + BASE_ROW] = baseRow !== 0 ? baseRow : openRow(s, account, i[market + BASE_ASSET]!)
  i[order + QUOTE_ROW] = quoteRow !== 0 ? quoteRow : openRow(s, account, i[market + QUOTE_ASSET]!)
  f[(order + LEAVES) >> 1] = lots
  f[(order + QUANTITY) >> 1] = lots
  f[(order + ORDER_ID) >> 1] = f[SEQ_NEXT >> 1]!
  i[order + PRICE] = flags & FLAG_MARKET ? 0 : limit
  const idLength = (i[at + COMMAND_LENGTHS]! >> 8) & 255
  i[order + ID_LENGTH] = idLength
  if (idLength !== 0) copyId(i, idAt(i, at), order + ID_BYTES, idLength)
  writeOrderEvent(s, EVENT_ACCEPTED, flags, market, order, 0)

  const timeInForce = (flags >> TIF_SHIFT) & 3
  const isKilled = timeInForce === FOK && fillable(s, market, side, limit, lots) < lots
  if (!isKilled) match(s, market, side, order, limit)
  if (f[(order + LEAVES) >> 1] === 0) return freeOrder(i, order)
  if (timeInForce === GTC && !(flags & FLAG_MARKET)) return rest(s, market, side, order)
  const why = flags & FLAG_MARKET ? NO_LIQUIDITY : isKilled ? FILL_OR_KILL : IMMEDIATE_OR_CANCEL
  writeOrderEvent(s, EVENT_EXPIRED, flags, market, order, why)
  freeOrder(i, order)
}

function copyId(i: Int32Array, source: number, target: number, length: number): void {
  for (let word = 0; word < (length + 3) >> 2; word++) i[target + word] = i[source + word]!
}

/** What is wrong with the order by itself and by its market's rules. */
function refusalOfTerms(s: EngineState, at: number, market: number, flags: number, lots: number): number {
  const { i, f } = s
  if (i[market + STATE] !== 0) return MARKET_HALTED
  let price = i[at + COMMAND_PRICE]!
  if (flags & FLAG_MARKET) {
    // Measured at the best price; against an empty book the order expires, whatever its size.
    const best = i[market + BEST + (flags & FLAG_SELL ? BUY : SELL)]!
    price = best === 0 ? 0 : i[best + LEVEL_PRICE]!
  } else {
    if (price === OFF_GRID) return PRICE_OFF_TICK
    if (price <= 0 || price >= TICKS_END) return PRICE_OUT_OF_RANGE
    if (flags & FLAG_POST_ONLY && (flags >> TIF_SHIFT) & 3) return POST_ONLY_MUST_BE_GTC
  }
  if (lots === OFF_GRID) return QUANTITY_OFF_LOT
  if (!(lots > 0 && lots < AMOUNT_END)) return QUANTITY_OUT_OF_RANGE
  const notional = price * lots * f[(market + QUOTE_UNIT) >> 1]!
  if (!(flags & FLAG_MARKET) && notional >= AMOUNT_END) return OVERFLOW
  if (lots * f[(market + BASE_UNIT) >> 1]! >= AMOUNT_END) return OVERFLOW
  const isMeasured = price !== 0 && !(flags & FLAG_ANY_NOTIONAL)
  if (isMeasured && notional < f[(market + NOTIONAL_MIN) >> 1]!) return NOTIONAL_BELOW_MIN
  if ((i[at + COMMAND_LENGTHS]! >> 8) & 255 && findByClientId(i, at, i[at + COMMAND_ACCOUNT]!) !== 0) {
    return DUPLICATE_ID
  }
  return NONE
}

/** Whether the account can pay, the engine has room, and a post-only order would rest. */
function refusalOfMeans(
  s: EngineState,
  market: number,
  row: number,
  side: number,
  flags: number,
  limit: number,
  lots: number,
): number {
  const { i, f } = s
  if (!hasRoom(i) || !hasRows(i, 2)) return ENGINE_FULL
  const cost =
    flags & FLAG_MARKET && side === BUY ? sweepCost(s, market, lots) : holdOf(f, market, side, limit, lots)
  if (row === 0 ? cost > 0 : f[(row + AVAILABLE) >> 1]! < cost) return INSUFFICIENT_FUNDS
  if (flags & FLAG_POST_ONLY) {
    const best = i[market + BEST + (1 - side)]!
    if (best !== 0 && (side === BUY ? i[best + LEVEL_PRICE]! <= limit : i[best + LEVEL_PRICE]! >= limit)) {
      return WOULD_MATCH
    }
  }
  return NONE
}

/** What a market buy would pay for as much of `lots` as the book has. */
function sweepCost(s: EngineState, market: number, lots: number): number {
  const { i, f } = s
  const unit = f[(market + QUOTE_UNIT) >> 1]!
  let left = lots
  let cost = 0
  for (let level = i[market + BEST + SELL]!; level !== 0 && left > 0;) {
    const taken = Math.min(left, f[(level + VOLUME) >> 1]!)
    cost += i[level + LEVEL_PRICE]! * taken * unit
    if (cost >= AMOUNT_END) return cost
    left -= taken
    level = nextLevel(i, market, SELL, level)
  }
  return cost
}

/** How much of `lots` the other side would fill within `limit`. */
function fillable(s: EngineState, market: number, side: number, limit: number, lots: number): number {
  const { i, f } = s
  const other = 1 - side
  let filled = 0
  for (let level = i[market + BEST + other]!; level !== 0 && filled < lots;) {
    const price = i[level + LEVEL_PRICE]!
    if (side === BUY ? price > limit : price < limit) break
    filled += f[(level + VOLUME) >> 1]!
    level = nextLevel(i, market, other, level)
  }
  return filled
}

export function cancel(s: EngineState, at: number): void {
  const { i, f } = s
  const account = i[at + COMMAND_ACCOUNT]!
  const market = marketOf(s, i[at + COMMAND_MARKET]!)
  if (market === 0) return rejectNotFound(s, at, OP_CANCEL)
  const byOrder = (i[at + COMMAND_HEAD]! >>> 24) & FLAG_BY_ORDER ? f[(at + COMMAND_VALUE) >> 1]! : 0
  const order = byOrder !== 0 ? findById(i, f, byOrder) : findByClientId(i, at, account)
  if (order === 0 || i[order + ACCOUNT] !== account || i[i[order + LEVEL]! + LEVEL_MARKET] !== market) {
    const reason = codeOf('order_not_found')
    return writeRejected(s, at, OP_CANCEL, account, i[market + MARKET_INDEX]!, reason, '', byOrder)
  }
  cancelOrder(s, order, REQUESTED)
}

function cancelOrder(s: EngineState, order: number, reason: number): void {
  const level = s.i[order + LEVEL]!
  const flags = s.i[level + LEVEL_SIDE] === SELL ? FLAG_SELL : 0
  writeOrderEvent(s, EVENT_CANCELED, flags, s.i[level + LEVEL_MARKET]!, order, reason)
  remove(s, order)
}

/** Asset by asset in the order the account came to have them, oldest order first. */
export function cancelAll(s: EngineState, at: number): void {
  const { i } = s
  const account = i[at + COMMAND_ACCOUNT]!
  const index = i[at + COMMAND_MARKET]!
  const market = marketOf(s, index)
  if (market === 0 && (index >= 0 || nameOf(s, at) !== '')) return rejectNotFound(s, at, OP_CANCEL_ALL)
  let canceled = 0
  let left = 0
  for (const row of s.rowsByAccount.get(account) ?? []) {
    for (let order = i[row + ROW_HEAD]!; order !== 0;) {
      const next = i[order + ROW_NEXT]!
      if (market === 0 || i[i[order + LEVEL]! + LEVEL_MARKET] === market) {
        if (canceled === CANCEL_ALL_MAX) left++
        else {
          canceled++
          cancelOrder(s, order, ALL)
        }
      }
      order = next
    }
  }
  writeCanceledAll(s, account, market === 0 ? -1 : index, canceled, left)
}
