/** Self-trade prevention: what happens when an order meets one of its own account or trade group. */
import { payingRow, shrinkPart } from './book.ts'
import { expiryReasons } from '../messages/event.ts'
import { expireOne } from './list.ts'
import { meeting, writePrevented } from './meeting-event.ts'
import { lotsFor } from './sweep.ts'
import { reholdSibling } from './waiting.ts'
import { preventions } from '../messages/records.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'

const { f, i } = memory
const {
  AVAILABLE,
  BASE_UNIT,
  BUY,
  FLAGS,
  HELD,
  IS_BY_QUOTE,
  IS_ICEBERG,
  IS_LISTED,
  IS_PREVENTED,
  LEAVES,
  LEVEL,
  PREVENTED,
  PRICE,
  QUOTE_LEFT,
  QUOTE_UNIT,
  SPECIAL,
  VOLUME,
} = layout

const EXPIRE_TAKER = preventions.indexOf('expireTaker')
const EXPIRE_MAKER = preventions.indexOf('expireMaker')
const DECREMENT = preventions.indexOf('decrement')
const SELF_TRADE = expiryReasons.indexOf('self_trade')

/** Keeps two orders of one owner from trading. True when it ends the taker, whose expiry is the caller's to tell. */
export function prevent(market: number, side: number, taker: number, maker: number, mode: number): boolean {
  if (mode === DECREMENT) return decrement(market, side, taker, maker)
  const takerLots = mode === EXPIRE_MAKER ? 0 : f[(taker + LEAVES) >> 1]!
  const makerLots = mode === EXPIRE_TAKER ? 0 : f[(maker + LEAVES) >> 1]!
  tell(market, taker, maker, takerLots, makerLots)
  if (mode !== EXPIRE_TAKER) expireOne(maker, SELF_TRADE)
  return mode !== EXPIRE_MAKER
}

function tell(market: number, taker: number, maker: number, takerLots: number, makerLots: number): void {
  meeting.market = market
  meeting.taker = taker
  meeting.maker = maker
  meeting.price = i[maker + PRICE]!
  writePrevented(takerLots, makerLots)
}

/** Both lose the smaller quantity without a trade. */
function decrement(market: number, side: number, taker: number, maker: number): boolean {
  const isByQuote = (i[taker + FLAGS]! & IS_BY_QUOTE) !== 0
  const perLot = i[maker + PRICE]! * f[(market + QUOTE_UNIT) >> 1]!
  const quoteLeft = isByQuote ? (i[taker + SPECIAL]! + QUOTE_LEFT) >> 1 : 0
  const most = isByQuote ? lotsFor(f[quoteLeft]!, perLot) : f[(taker + LEAVES) >> 1]!
  const lots = Math.min(most, f[(maker + LEAVES) >> 1]!)
  tell(market, taker, maker, lots, lots)
  addPrevented(taker, lots)
  if (isByQuote) f[quoteLeft] = f[quoteLeft]! - lots * perLot
  else f[(taker + LEAVES) >> 1] = f[(taker + LEAVES) >> 1]! - lots
  shrink(market, 1 - side, maker, lots)
  return (isByQuote ? f[quoteLeft] : f[(taker + LEAVES) >> 1]) === 0
}

function addPrevented(order: number, lots: number): void {
  const before = i[order + FLAGS]! & IS_PREVENTED ? f[(order + PREVENTED) >> 1]! : 0
  f[(order + PREVENTED) >> 1] = before + lots
  i[order + FLAGS] = i[order + FLAGS]! | IS_PREVENTED
}

/** The maker keeps its place with less to trade. */
function shrink(market: number, side: number, maker: number, lots: number): void {
  const level = i[maker + LEVEL]!
  const left = f[(maker + LEAVES) >> 1]! - lots
  const perLot =
    side === BUY ? i[maker + PRICE]! * f[(market + QUOTE_UNIT) >> 1]! : f[(market + BASE_UNIT) >> 1]!
  const row = payingRow(maker, side)
  addPrevented(maker, lots)
  f[(maker + LEAVES) >> 1] = left
  f[(level + VOLUME) >> 1] = f[(level + VOLUME) >> 1]! - lots
  f[(row + AVAILABLE) >> 1] = f[(row + AVAILABLE) >> 1]! + lots * perLot
  f[(row + HELD) >> 1] = f[(row + HELD) >> 1]! - lots * perLot
  if (i[maker + FLAGS]! & IS_ICEBERG) shrinkPart(maker, lots)
  if (left === 0) expireOne(maker, SELF_TRADE)
  else if (i[maker + FLAGS]! & IS_LISTED) reholdSibling(maker)
}
