/** What becomes of an order that is not on the book: it trades, and then rests or expires by its time in force. */
import * as bookModule from './book.ts'
import * as eventRecordModule from './event-record.ts'
import * as eventModule from '../messages/event.ts'
import * as listModule from './list.ts'
import * as matchModule from './match.ts'
import * as priceIndexModule from './price-index.ts'
import * as sweepModule from './sweep.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { deregister, freeOrder, hold, link, register } = bookModule
const { writeOrderEvent } = eventRecordModule
const { codeOf, expiryReasons } = eventModule
const { finishOrder } = listModule
const { match, matchQuote } = matchModule
const { hasNodes } = priceIndexModule
const { fillsWhole } = sweepModule

const { f, i } = memory
const { BEST, FLAGS, IS_BY_QUOTE, IS_SPECIAL, LEAVES, QUOTE_LEFT, SPECIAL } = layout
const { EVENT_EXPIRED, FLAG_MARKET, TIF_SHIFT } = records

const IOC = 1
const FOK = 2
const NONE = -1
const IMMEDIATE_OR_CANCEL = expiryReasons.indexOf('immediate_or_cancel')
const FILL_OR_KILL = expiryReasons.indexOf('fill_or_kill')
const QUOTE_SPENT = expiryReasons.indexOf('quote_spent')
const NO_LIQUIDITY = expiryReasons.indexOf('no_liquidity')
const NO_ROOM = expiryReasons.indexOf('not_activated') | (codeOf('engine_full') << 8)
const SELF_TRADE = expiryReasons.indexOf('self_trade')

/**
 * Runs an order that holds nothing and whose funds were checked. \`isNew\` says that nothing finds it yet; others, which
 * were amended or triggered, stay found while they rest.
 */
export function run(market: number, side: number, order: number, limit: number, isNew: boolean): void {
  let why = take(market, side, order, limit)
  // There was room for it when it was accepted, but others may have taken that while it waited.
  if (why === NONE && !isNew && f[(order + LEAVES) >> 1]! > 0 && !hasNodes()) why = NO_ROOM
  if (why !== NONE) writeOrderEvent(EVENT_EXPIRED, i[order + FLAGS]! & 255, market, order, why)
  else if (f[(order + LEAVES) >> 1]! > 0) {
    link(market, side, order)
    hold(market, side, order)
    if (isNew) register(side, order)
    return
  }
  if (isNew) freeOrder(order)
  else if (i[order + FLAGS]! & IS_SPECIAL) finishOrder(order, why === NONE)
  else deregister(order)
}

/** Trades what can be traded and answers why the rest expires, if it does. */
const take = (market: number, side: number, order: number, limit: number): number => {
  const flags = i[order + FLAGS]!
  const timeInForce = (flags >> TIF_SHIFT) & 3
  if (flags & IS_BY_QUOTE) return takeByQuote(market, side, order)
  if (timeInForce === FOK && !fillsWhole(market, side, order, limit)) return FILL_OR_KILL
  if (match(market, side, order, limit)) return SELF_TRADE
  if (f[(order + LEAVES) >> 1] === 0) return NONE
  if (flags & FLAG_MARKET) return NO_LIQUIDITY
  return timeInForce === IOC ? IMMEDIATE_OR_CANCEL : NONE
}

/** A market order for so much of the quote asset: what it cannot spend whole lots on expires. */
const takeByQuote = (market: number, side: number, order: number): number => {
  if (matchQuote(market, side, order)) return SELF_TRADE
  if (f[(i[order + SPECIAL]! + QUOTE_LEFT) >> 1] === 0) return NONE
  return i[market + BEST + 1 - side] === 0 ? NO_LIQUIDITY : QUOTE_SPENT
}
