/** Orders that are more than simple ones, or in markets with filters: every check, the record, and how they begin. */
import { findRow, openRow } from './balance.ts'
import { allocateOrder, hold, link, register } from './book.ts'
import { idAt } from '../messages/command-record.ts'
import { draft, holdNeeded, holdPrice, isLimited, readDraft, timeInForce, waitsForTrigger } from './draft.ts'
import { writeOrderEvent, writeRejected } from './event-record.ts'
import { codeOf } from '../messages/event.ts'
import { refusalOfTerms } from './filters.ts'
import { clearBefore, refusalOfLimits } from './limits.ts'
import { joinList } from './list-record.ts'
import { writeAccepted } from './order-event.ts'
import { findByClientId } from './order-index.ts'
import { isTriggered, PENDING, setStatus, sideOf, typeOf, WAITING } from './order-words.ts'
import { hasRoomFor } from './room.ts'
import { run } from './run.ts'
import { expireAt, openSpecial } from './special.ts'
import { loadedState } from './state.ts'
import { quoteSweep, sweep } from './sweep.ts'
import { isReached } from './trigger.ts'
import { startWaiting } from './waiting.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { f, i } = memory
const {
  ACCOUNT,
  AVAILABLE,
  BASE_ASSET,
  BASE_ROW,
  BASE_UNIT,
  BEST,
  BUY,
  DISPLAY,
  FLAGS,
  HAS_TRIGGER_PRICE,
  ID_BYTES,
  ID_LENGTH_SHIFT,
  IS_BY_QUOTE,
  IS_ICEBERG,
  IS_LISTED,
  IS_SPECIAL,
  LAST_PRICE,
  LEAVES,
  LEVEL,
  LEVEL_PRICE,
  MARKET_INDEX,
  ORDER_ID,
  PREVENTION_SHIFT,
  PRICE,
  QUANTITY,
  QUOTE_ASSET,
  QUOTE_LEFT,
  QUOTE_ROW,
  SEQ_NEXT,
  STATE,
  TICKS_END,
  TRAILING_BIPS,
  TRIGGER_PRICE,
  TYPE_SHIFT,
} = layout
const { EVENT_ACCEPTED, FLAG_EXTRA, FLAG_MARKET, FLAG_POST_ONLY, OP_PLACE, marketStates, orderTypes } =
  records

const MARKET = orderTypes.indexOf('market')
const PRE_OPEN = marketStates.indexOf('preOpen')
const GTD = records.timesInForce.indexOf('GTD')
const AT_ONCE = -1

/** The place record at `at`, whose market exists. */
export function placeTerms(at: number, market: number): void {
  readDraft(at, market)
  clearBefore()
  const reason =
    refusalOfTerms() ||
    refusalOfLimits(0) ||
    (findByClientId(at, draft.account) !== 0 ? codeOf('duplicate_id') : 0) ||
    (hasRoomFor(1, 1) ? 0 : codeOf('engine_full')) ||
    refusalOfFunds(costNow()) ||
    refusalOfBook()
  if (reason !== 0) {
    return writeRejected(at, OP_PLACE, draft.account, i[market + MARKET_INDEX]!, reason, '', 0)
  }
  const order = makeOrder(at, 0, false)
  startOrder(market, order, (i[order + FLAGS]! & IS_SPECIAL) === 0)
}

/** What the draft's account must have available, in the asset it pays with; -1 when there is no price to reckon with. */
export function costNow(): number {
  const { market, side } = draft
  if (draft.type !== MARKET) return side === BUY && holdPrice() === 0 ? -1 : holdNeeded()
  if (side === BUY) return draft.isByQuote ? draft.quote : sweep(draft.lots)
  return (draft.isByQuote ? quoteSweep(draft.quote) : draft.lots) * f[(market + BASE_UNIT) >> 1]!
}

export function refusalOfFunds(cost: number): number {
  if (cost < 0) return codeOf('no_reference_price')
  const asset = i[draft.market + (draft.side === BUY ? QUOTE_ASSET : BASE_ASSET)]!
  const row = findRow(draft.account, asset)
  const available = row === 0 ? 0 : f[(row + AVAILABLE) >> 1]!
  return available < cost ? codeOf('insufficient_funds') : 0
}

/** Whether the book, or the last price, is where the order may not meet it. */
export function refusalOfBook(): number {
  const { market, side, price } = draft
  if (draft.flags & FLAG_POST_ONLY && i[market + STATE] !== PRE_OPEN) {
    const best = i[market + BEST + 1 - side]!
    const meets = side === BUY ? i[best + LEVEL_PRICE]! <= price : i[best + LEVEL_PRICE]! >= price
    if (best !== 0 && meets) return codeOf('would_match')
  }
  const last = i[market + LAST_PRICE]!
  if (!waitsForTrigger() || draft.bips !== 0 || last === 0) return 0
  return isReached(side, draft.type, draft.trigger, last) ? codeOf('would_trigger') : 0
}

/** Makes the draft, whose place record is at `at`, an order of the engine, and says that it was accepted. */
export function makeOrder(at: number, list: number, isPending: boolean): number {
  const { market, account, side } = draft
  const s = loadedState()
  const order = allocateOrder()
  i[order + ACCOUNT] = account
  i[order + BASE_ROW] = openRow(s, account, i[market + BASE_ASSET]!)
  i[order + QUOTE_ROW] = openRow(s, account, i[market + QUOTE_ASSET]!)
  i[order + LEVEL] = 0
  f[(order + LEAVES) >> 1] = draft.lots
  f[(order + QUANTITY) >> 1] = draft.lots
  f[(order + ORDER_ID) >> 1] = f[SEQ_NEXT >> 1]!
  i[order + PRICE] = draft.price
  i[order + FLAGS] =
    (draft.flags & 127) |
    (draft.type << TYPE_SHIFT) |
    (draft.prevention << PREVENTION_SHIFT) |
    (draft.isIceberg ? IS_ICEBERG : 0) |
    (draft.isByQuote ? IS_BY_QUOTE : 0) |
    (list === 0 ? 0 : IS_LISTED) |
    (draft.idLength << ID_LENGTH_SHIFT)
  f[(order + DISPLAY) >> 1] = draft.display
  const id = idAt(i, at)
  i.copyWithin(order + ID_BYTES, id, id + ((draft.idLength + 3) >> 2))
  const isGood = isLimited() && timeInForce() === GTD
  if (list !== 0 || waitsForTrigger() || draft.isByQuote || isGood) {
    makeSpecial(order, list)
    register(side, order)
  }
  sayAccepted(at, order, list, isPending)
  if (isPending) setStatus(order, PENDING)
  return order
}

function makeSpecial(order: number, list: number): void {
  const special = openSpecial(order, draft.market)
  i[special + HAS_TRIGGER_PRICE] = draft.hasTrigger ? 1 : 0
  i[special + TRIGGER_PRICE] = draft.trigger
  i[special + TRAILING_BIPS] = draft.bips
  f[(special + QUOTE_LEFT) >> 1] = draft.quote
  if (draft.expiresAt > 0) expireAt(special, draft.expiresAt)
  if (list !== 0) joinList(list, special)
}

function sayAccepted(at: number, order: number, list: number, isPending: boolean): void {
  if (list === 0 && !(draft.flags & FLAG_EXTRA)) {
    return writeOrderEvent(EVENT_ACCEPTED, draft.flags, draft.market, order, 0)
  }
  writeAccepted(at, order, list, isPending ? PENDING : waitsForTrigger() ? WAITING : AT_ONCE)
}

/** An accepted or activated order begins: it waits for its trigger, rests in an auction, or acts. */
export function startOrder(market: number, order: number, isNew: boolean): void {
  const side = sideOf(order)
  if (isTriggered(typeOf(order))) return startWaiting(order)
  if (i[market + STATE] !== PRE_OPEN) return run(market, side, order, limitOf(order), isNew)
  link(market, side, order)
  hold(market, side, order)
  if (isNew) register(side, order)
}

/** A market order's limit is the last price there is, so that one comparison serves both types. */
export function limitOf(order: number): number {
  if (!(i[order + FLAGS]! & FLAG_MARKET)) return i[order + PRICE]!
  return sideOf(order) === BUY ? TICKS_END : 0
}
