/** The auction that opens a market whose book is crossed: one price for all who can trade at it. */
import { deregister, nextLevel, shrinkPart, unlink } from './book.ts'
import { beforeTrade, finishOrder } from './list.ts'
import { meeting } from './meeting-event.ts'
import { writeUncrossed } from './order-event.ts'
import { settleMeeting } from './settle.ts'
import { tradedAt } from './trigger.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'

const { f, i } = memory
const {
  BEST,
  BUY,
  FLAGS,
  HEAD,
  IS_ICEBERG,
  IS_SPECIAL,
  LAST_PRICE,
  LEAVES,
  LEVEL,
  LEVEL_PRICE,
  ORDER_ID,
  SELL,
  TRIGGER_ABOVE,
  TRIGGER_BELOW,
  VOLUME,
} = layout

interface Level {
  readonly price: number
  readonly lots: number
}

interface Candidate {
  readonly price: number
  readonly lots: number
  /** How much more one side has than the other. */
  readonly surplus: number
}

/** A side's levels that the other's best price reaches or passes, best first. */
function crossedLevels(market: number, side: number): Level[] {
  const levels: Level[] = []
  const best = i[market + BEST + 1 - side]!
  const limit = best === 0 ? 0 : i[best + LEVEL_PRICE]!
  let level = i[market + BEST + side]!
  while (best !== 0 && level !== 0) {
    const price = i[level + LEVEL_PRICE]!
    if (side === BUY ? price < limit : price > limit) break
    levels.push({ price, lots: f[(level + VOLUME) >> 1]! })
    level = nextLevel(market, side, level)
  }
  return levels
}

/** What each price would trade: one pass up over all prices, with what is bid there or above and offered there or below. */
function* candidates(bids: readonly Level[], asks: readonly Level[]): Generator<Candidate> {
  let demand = bids.reduce((sum, { lots }) => sum + lots, 0)
  let supply = 0
  let bid = bids.length - 1
  let ask = 0
  while (bid >= 0 || ask < asks.length) {
    const price = Math.min(bids[bid]?.price ?? Infinity, asks[ask]?.price ?? Infinity)
    while (ask < asks.length && asks[ask]!.price === price) supply += asks[ask++]!.lots
    yield { price, lots: Math.min(demand, supply), surplus: Math.abs(demand - supply) }
    while (bid >= 0 && bids[bid]!.price === price) demand -= bids[bid--]!.lots
  }
}

/** Most lots, then least surplus, then nearest to the last price, then the lower price. */
function isBetter(one: Candidate, other: Candidate, last: number): boolean {
  if (one.lots !== other.lots) return one.lots > other.lots
  if (one.surplus !== other.surplus) return one.surplus < other.surplus
  const distance = Math.abs(one.price - last)
  const otherDistance = Math.abs(other.price - last)
  return distance === otherDistance ? one.price < other.price : distance < otherDistance
}

export function uncross(market: number): void {
  const last = i[market + LAST_PRICE]!
  let best: Candidate | undefined
  for (const candidate of candidates(crossedLevels(market, BUY), crossedLevels(market, SELL))) {
    if (!best || isBetter(candidate, best, last)) best = candidate
  }
  if (!best || best.lots === 0) return
  writeUncrossed(market, best.price, best.lots)
  for (let left = best.lots; left > 0;) {
    const buyer = i[i[market + BEST + BUY]! + HEAD]!
    const seller = i[i[market + BEST + SELL]! + HEAD]!
    const lots = Math.min(left, f[(buyer + LEAVES) >> 1]!, f[(seller + LEAVES) >> 1]!)
    meeting.market = market
    meeting.price = best.price
    meeting.lots = lots
    if (f[(buyer + ORDER_ID) >> 1]! > f[(seller + ORDER_ID) >> 1]!) tradeAt(buyer, seller)
    else tradeAt(seller, buyer)
    left -= lots
  }
}

/** One trade of two orders on the book; the younger is the taker. */
function tradeAt(taker: number, maker: number): void {
  const { market, price, lots } = meeting
  beforeTrade(taker, maker)
  meeting.taker = taker
  meeting.maker = maker
  take(taker, lots)
  take(maker, lots)
  settleMeeting(true)
  if (price >= i[market + TRIGGER_ABOVE]! || price <= i[market + TRIGGER_BELOW]!) tradedAt(market, price)
  i[market + LAST_PRICE] = price
  close(maker)
  close(taker)
}

function take(order: number, lots: number): void {
  const level = i[order + LEVEL]!
  f[(order + LEAVES) >> 1] = f[(order + LEAVES) >> 1]! - lots
  f[(level + VOLUME) >> 1] = f[(level + VOLUME) >> 1]! - lots
  if (i[order + FLAGS]! & IS_ICEBERG) shrinkPart(order, lots)
}

/** An order that is filled goes. What is left of an iceberg has kept its place. */
function close(order: number): void {
  if (f[(order + LEAVES) >> 1]! > 0) return
  unlink(order)
  if (i[order + FLAGS]! & IS_SPECIAL) finishOrder(order, true)
  else deregister(order)
}
