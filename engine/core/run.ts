/** What becomes of an order that is not on the book: it trades, and then rests or expires by its time in force. */
import { freeOrder, deregister, hold, link, nextLevel, register } from './book.ts'
import { writeOrderEvent } from './event-record.ts'
import { expiryReasons } from '../messages/event.ts'
import { match } from './match.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { f, i } = memory
const { BEST, BUY, FLAGS, LEAVES, LEVEL_PRICE, VOLUME } = layout
const { EVENT_EXPIRED, FLAG_MARKET, TIF_SHIFT } = records

const IOC = 1
const FOK = 2
const NONE = -1
const IMMEDIATE_OR_CANCEL = expiryReasons.indexOf('immediate_or_cancel')
const FILL_OR_KILL = expiryReasons.indexOf('fill_or_kill')
const NO_LIQUIDITY = expiryReasons.indexOf('no_liquidity')
const SELF_TRADE = expiryReasons.indexOf('self_trade')

/**
 * Runs an order that holds nothing and whose funds were checked. \`isNew\` says that nothing finds it yet; others, which
 * were amended or triggered, stay found while they rest.
 */
export function run(market: number, side: number, order: number, limit: number, isNew: boolean): void {
  const why = take(market, side, order, limit)
  if (why !== NONE) writeOrderEvent(EVENT_EXPIRED, i[order + FLAGS]! & 255, market, order, why)
  else if (f[(order + LEAVES) >> 1]! > 0) {
    link(market, side, order)
    hold(market, side, order)
    if (isNew) register(side, order)
    return
  }
  if (isNew) freeOrder(order)
  else deregister(side, order)
}

/** Trades what can be traded and answers why the rest expires, if it does. */
function take(market: number, side: number, order: number, limit: number): number {
  const flags = i[order + FLAGS]!
  const timeInForce = (flags >> TIF_SHIFT) & 3
  if (timeInForce === FOK && fillable(market, side, order, limit) < f[(order + LEAVES) >> 1]!) {
    return FILL_OR_KILL
  }
  if (match(market, side, order, limit)) return SELF_TRADE
  if (f[(order + LEAVES) >> 1] === 0) return NONE
  if (flags & FLAG_MARKET) return NO_LIQUIDITY
  return timeInForce === IOC ? IMMEDIATE_OR_CANCEL : NONE
}

/** How much of the order the other side would fill within \`limit\`. */
function fillable(market: number, side: number, order: number, limit: number): number {
  const other = 1 - side
  const lots = f[(order + LEAVES) >> 1]!
  let filled = 0
  for (let level = i[market + BEST + other]!; level !== 0 && filled < lots;) {
    const price = i[level + LEVEL_PRICE]!
    if (side === BUY ? price > limit : price < limit) break
    filled += f[(level + VOLUME) >> 1]!
    level = nextLevel(market, other, level)
  }
  return filled
}
