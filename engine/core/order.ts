/** Orders as commands: every check before anything changes, then the match, then rest, expire or cancel. */
import * as balanceModule from './balance.ts'
import * as bookModule from './book.ts'
import * as commandRecordModule from '../messages/command-record.ts'
import * as eventRecordModule from './event-record.ts'
import * as eventModule from '../messages/event.ts'
import * as listModule from './list.ts'
import * as marketModule from '../messages/market.ts'
import * as orderIndexModule from './order-index.ts'
import * as orderWordsModule from './order-words.ts'
import * as placeModule from './place.ts'
import * as runModule from './run.ts'
import * as stateModule from './state.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { hasRows, findRow, openRow } = balanceModule
const { allocateOrder, hasRoom, holdOf, nextLevel, remove } = bookModule
const { idAt, nameOf } = commandRecordModule
const { writeOrderEvent, writeRejected } = eventRecordModule
const { cancelReasons, codeOf } = eventModule
const { cancelWithList } = listModule
const { OFF_GRID } = marketModule
const { findByClientId, findById } = orderIndexModule
const { marketOf } = orderWordsModule
const { placeTerms } = placeModule
const { run } = runModule
const { loadedState } = stateModule

const { f, i } = memory
const {
  ACCOUNT,
  AMOUNT_END,
  AVAILABLE,
  BASE_ASSET,
  BASE_ROW,
  BASE_UNIT,
  BEST,
  BUY,
  FILTERS,
  FLAGS,
  ID_BYTES,
  ID_LENGTH_SHIFT,
  IS_SPECIAL,
  LEAVES,
  LEVEL_PRICE,
  MARKETS,
  MARKETS_AT,
  MARKET_INDEX,
  MARKET_WORDS,
  NOTIONAL_MIN,
  ORDER_ID,
  PREVENTION,
  PREVENTION_SHIFT,
  PRICE,
  QUANTITY,
  QUOTE_ASSET,
  QUOTE_ROW,
  QUOTE_UNIT,
  SELL,
  SEQ_NEXT,
  STATE,
  TICKS_END,
  TYPE_SHIFT,
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
  FLAG_BY_ORDER,
  FLAG_EXTRA,
  FLAG_MARKET,
  FLAG_ANY_NOTIONAL,
  FLAG_POST_ONLY,
  FLAG_SELL,
  OP_AMEND,
  OP_CANCEL,
  OP_PLACE,
  TIF_SHIFT,
} = records

// Called from here too; see `memory.ts` for the copies.
const marketAtHere = marketAt
const findNamedHere = findNamed

const NONE = 0

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
const ORDER_NOT_FOUND = codeOf('order_not_found')
const WOULD_MATCH = codeOf('would_match')
const REQUESTED = cancelReasons.indexOf('requested')
const HALTED = records.marketStates.indexOf('halted')

export function marketAt(index: number): number {
  return index >= 0 && index < i[MARKETS]! ? MARKETS_AT + index * MARKET_WORDS : 0
}

export function rejectNotFound(at: number, op: number): void {
  const name = nameOf(memory, at)
  const reason = codeOf('market_not_found')
  writeRejected(at, op, i[at + COMMAND_ACCOUNT]!, -1, reason, name, numberNamed(at, op))
}

export function place(at: number): void {
  const account = i[at + COMMAND_ACCOUNT]!
  const market = marketAtHere(i[at + COMMAND_MARKET]!)
  if (market === 0) return rejectNotFound(at, OP_PLACE)
  const flags = i[at + COMMAND_HEAD]! >>> 24
  if (isUnusual(market, flags)) return placeTerms(at, market)
  const side = flags & FLAG_SELL ? SELL : BUY
  // A market order's limit is the last price there is, so that one comparison serves both types.
  const limit = flags & FLAG_MARKET ? (side === BUY ? TICKS_END : 0) : i[at + COMMAND_PRICE]!

  const baseRow = findRow(account, i[market + BASE_ASSET]!)
  const quoteRow = findRow(account, i[market + QUOTE_ASSET]!)
  let reason = refusalOfTerms(at, market, flags)
  if (reason === NONE) {
    reason = refusalOfMeans(at, market, side === BUY ? quoteRow : baseRow, side, flags, limit)
  }
  if (reason !== NONE) return writeRejected(at, OP_PLACE, account, i[market + MARKET_INDEX]!, reason, '', 0)

  const order = openOrder(at, market, flags, baseRow, quoteRow)
  writeOrderEvent(EVENT_ACCEPTED, flags, market, order, 0)
  run(market, side, order, limit, true)
}

/** Whether the checks below do not cover it: its terms, its market's filters and state, or own orders in its way. */
const isUnusual = (market: number, flags: number): boolean => {
  if ((i[market + STATE]! | i[market + FILTERS]!) !== 0 || flags & FLAG_EXTRA) return true
  return (flags & FLAG_MARKET) !== 0 && i[market + PREVENTION] !== 0
}

const openOrder = (at: number, market: number, flags: number, baseRow: number, quoteRow: number): number => {
  const account = i[at + COMMAND_ACCOUNT]!
  const order = allocateOrder()
  i[order + ACCOUNT] = account
  i[order + BASE_ROW] = baseRow !== 0 ? baseRow : openRow(loadedState(), account, i[market + BASE_ASSET]!)
  i[order + QUOTE_ROW] = quoteRow !== 0 ? quoteRow : openRow(loadedState(), account, i[market + QUOTE_ASSET]!)
  f[(order + LEAVES) >> 1] = f[(at + COMMAND_VALUE) >> 1]!
  f[(order + QUANTITY) >> 1] = f[(at + COMMAND_VALUE) >> 1]!
  f[(order + ORDER_ID) >> 1] = f[SEQ_NEXT >> 1]!
  i[order + PRICE] = flags & FLAG_MARKET ? 0 : i[at + COMMAND_PRICE]!
  const idLength = (i[at + COMMAND_LENGTHS]! >> 8) & 255
  const type = flags & FLAG_MARKET ? 1 << TYPE_SHIFT : 0
  i[order + FLAGS] =
    flags | type | (i[market + PREVENTION]! << PREVENTION_SHIFT) | (idLength << ID_LENGTH_SHIFT)
  if (idLength !== 0) copyId(idAt(i, at), order + ID_BYTES, idLength)
  return order
}

const copyId = (source: number, target: number, length: number): void => {
  for (let word = 0; word < (length + 3) >> 2; word++) i[target + word] = i[source + word]!
}

/** What is wrong with the order by itself and by its market's rules. */
const refusalOfTerms = (at: number, market: number, flags: number): number => {
  const lots = f[(at + COMMAND_VALUE) >> 1]!
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
  if ((i[at + COMMAND_LENGTHS]! >> 8) & 255 && findByClientId(at, i[at + COMMAND_ACCOUNT]!) !== 0) {
    return DUPLICATE_ID
  }
  return NONE
}

/** Whether the account can pay, the engine has room, and a post-only order would rest. */
const refusalOfMeans = (
  at: number,
  market: number,
  row: number,
  side: number,
  flags: number,
  limit: number,
): number => {
  const lots = f[(at + COMMAND_VALUE) >> 1]!
  if (!hasRoom() || !hasRows(2)) return ENGINE_FULL
  const cost =
    flags & FLAG_MARKET && side === BUY ? sweepCost(market, lots) : holdOf(market, side, limit, lots)
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
const sweepCost = (market: number, lots: number): number => {
  const unit = f[(market + QUOTE_UNIT) >> 1]!
  let left = lots
  let cost = 0
  for (let level = i[market + BEST + SELL]!; level !== 0 && left > 0;) {
    const taken = Math.min(left, f[(level + VOLUME) >> 1]!)
    cost += i[level + LEVEL_PRICE]! * taken * unit
    if (cost >= AMOUNT_END) return cost
    left -= taken
    level = nextLevel(market, SELL, level)
  }
  return cost
}

/** Answers whether the order was there to be canceled. */
export function cancel(at: number): boolean {
  const account = i[at + COMMAND_ACCOUNT]!
  const market = marketAtHere(i[at + COMMAND_MARKET]!)
  const order = market === 0 ? 0 : findNamedHere(at, account, market)
  if (order === 0 || i[market + STATE] === HALTED) {
    if (market === 0) rejectNotFound(at, OP_CANCEL)
    else rejectNamed(at, OP_CANCEL, market, i[market + STATE] === HALTED ? MARKET_HALTED : ORDER_NOT_FOUND)
    return false
  }
  if (i[order + FLAGS]! & IS_SPECIAL) cancelWithList(order, REQUESTED)
  else {
    writeOrderEvent(EVENT_CANCELED, i[order + FLAGS]! & SELL, market, order, REQUESTED)
    remove(order)
  }
  return true
}

/** The order that a cancel or an amend names, if it is of that account and market. */
export function findNamed(at: number, account: number, market: number): number {
  const isByOrder = (i[at + COMMAND_HEAD]! >>> 24) & FLAG_BY_ORDER
  const order = isByOrder ? findById(f[(at + COMMAND_VALUE) >> 1]!) : findByClientId(at, account)
  if (order === 0 || i[order + ACCOUNT] !== account) return 0
  return marketOf(order) === market ? order : 0
}

export function rejectNamed(at: number, op: number, market: number, reason: number): void {
  writeRejected(at, op, i[at + COMMAND_ACCOUNT]!, i[market + MARKET_INDEX]!, reason, '', numberNamed(at, op))
}

/** The number by which a cancel or an amend names its order, 0 when it does not. */
export function numberNamed(at: number, op: number): number {
  const isNamed = (op === OP_CANCEL || op === OP_AMEND) && (i[at + COMMAND_HEAD]! >>> 24) & FLAG_BY_ORDER
  return isNamed ? f[(at + COMMAND_VALUE) >> 1]! : 0
}
