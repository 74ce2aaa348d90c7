/** The matching of a taker with the other side of a book, and the money of each trade. */
import * as balanceModule from './balance.ts'
import * as bookModule from './book.ts'
import * as eventRecordModule from './event-record.ts'
import * as listModule from './list.ts'
import * as meetingEventModule from './meeting-event.ts'
import * as ownerModule from './owner.ts'
import * as preventionModule from './prevention.ts'
import * as settleModule from './settle.ts'
import * as sweepModule from './sweep.ts'
import * as triggerModule from './trigger.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { feeOf } = balanceModule
const { deregister, moveToBack, showPart, unlink } = bookModule
const { writeTrade } = eventRecordModule
const { beforeTrade, finishOrder } = listModule
const { meeting } = meetingEventModule
const { isOwn } = ownerModule
const { prevent } = preventionModule
const { settleMeeting } = settleModule
const { lotsFor } = sweepModule
const { tradedAt } = triggerModule

const { f, i } = memory
const {
  AVAILABLE,
  BASE_ROW,
  BASE_UNIT,
  BEST,
  BUY,
  FEES,
  FEE_BASE_ROW,
  FEE_QUOTE_ROW,
  FLAGS,
  HEAD,
  HELD,
  IS_DISCOUNTED,
  IS_ICEBERG,
  IS_LISTED,
  IS_SPECIAL,
  LAST_PRICE,
  LEAVES,
  LEVEL,
  LEVEL_PRICE,
  PREVENTION_SHIFT,
  PRICE,
  QUOTE_LEFT,
  QUOTE_ROW,
  QUOTE_UNIT,
  ROW_ASSET,
  SHOWN,
  SPECIAL,
  TIER_SHIFT,
  TRIGGER_ABOVE,
  TRIGGER_BELOW,
  VOLUME,
} = layout
const { FLAG_SELL } = records

// Called from here too; see `memory.ts` for the copies.
const tradeHere = trade

/**
 * Trades the taker up to its limit, best price first, then oldest first. What is left of it is the caller's to rest or to
 * expire: the book knows no time in force. True when self-trade prevention ended it.
 */
export function match(market: number, side: number, taker: number, limit: number): boolean {
  const prevention = (i[taker + FLAGS]! >>> PREVENTION_SHIFT) & 7
  while (f[(taker + LEAVES) >> 1]! > 0) {
    const level = i[market + BEST + 1 - side]!
    if (level === 0) return false
    const price = i[level + LEVEL_PRICE]!
    if (side === BUY ? price > limit : price < limit) return false
    const maker = i[level + HEAD]!
    if (prevention !== 0 && isOwn(taker, maker)) {
      if (prevent(market, side, taker, maker, prevention)) return true
    } else meet(market, side, taker, maker)
  }
  return false
}

/** Like `match` for a market order for so much of the quote asset, until that pays for no lot of the next maker. */
export function matchQuote(market: number, side: number, taker: number): boolean {
  const prevention = (i[taker + FLAGS]! >>> PREVENTION_SHIFT) & 7
  const left = (i[taker + SPECIAL]! + QUOTE_LEFT) >> 1
  while (f[left]! > 0) {
    const level = i[market + BEST + 1 - side]!
    if (level === 0) return false
    const perLot = i[level + LEVEL_PRICE]! * f[(market + QUOTE_UNIT) >> 1]!
    const lots = lotsFor(f[left]!, perLot)
    if (lots === 0) return false
    const maker = i[level + HEAD]!
    if (prevention !== 0 && isOwn(taker, maker)) {
      if (prevent(market, side, taker, maker, prevention)) return true
      continue
    }
    const traded = Math.min(lots, offeredBy(maker))
    f[left] = f[left]! - traded * perLot
    f[(taker + LEAVES) >> 1] = traded
    tradeHere(market, side, taker, maker, traded)
  }
  return false
}

const offeredBy = (maker: number): number => {
  return i[maker + FLAGS]! & IS_ICEBERG ? f[(maker + SHOWN) >> 1]! : f[(maker + LEAVES) >> 1]!
}

/** Trades as much as the maker shows and the taker wants. */
const meet = (market: number, side: number, taker: number, maker: number): void => {
  const leaves = f[(taker + LEAVES) >> 1]!
  const offered = offeredBy(maker)
  tradeHere(market, side, taker, maker, leaves < offered ? leaves : offered)
}

/** One trade of `lots`, at the maker's price, of an order on the book with one that is not. */
export function trade(market: number, side: number, taker: number, maker: number, lots: number): void {
  const price = i[maker + PRICE]!
  const level = i[maker + LEVEL]!
  if ((i[taker + FLAGS]! | i[maker + FLAGS]!) & IS_LISTED) beforeTrade(taker, maker)
  f[(taker + LEAVES) >> 1] = f[(taker + LEAVES) >> 1]! - lots
  const left = f[(maker + LEAVES) >> 1]! - lots
  f[(maker + LEAVES) >> 1] = left
  f[(level + VOLUME) >> 1] = f[(level + VOLUME) >> 1]! - lots
  settle(market, side, taker, maker, price, lots)
  if (price >= i[market + TRIGGER_ABOVE]! || price <= i[market + TRIGGER_BELOW]!) tradedAt(market, price)
  i[market + LAST_PRICE] = price
  if (left === 0) {
    unlink(maker)
    if (i[maker + FLAGS]! & IS_SPECIAL) finishOrder(maker, true)
    else deregister(maker)
  } else if (i[maker + FLAGS]! & IS_ICEBERG) refresh(maker, lots)
}

/** What an iceberg showed has shrunk; when it is used up, the next part queues behind the others. */
const refresh = (maker: number, lots: number): void => {
  const shown = f[(maker + SHOWN) >> 1]! - lots
  f[(maker + SHOWN) >> 1] = shown
  if (shown > 0) return
  showPart(maker)
  moveToBack(maker)
}

/**
 * Moves the money of one trade. The maker pays from what it held, at its own price; the taker from what is available,
 * so a buyer that meets a better price than its limit never parts with the difference.
 */
const settle = (
  market: number,
  side: number,
  taker: number,
  maker: number,
  price: number,
  lots: number,
): void => {
  const base = lots * f[(market + BASE_UNIT) >> 1]!
  const quote = price * lots * f[(market + QUOTE_UNIT) >> 1]!
  const isBuy = side === BUY
  const paid = isBuy ? quote : base
  const got = isBuy ? base : quote
  const takerRow = i[taker + (isBuy ? BASE_ROW : QUOTE_ROW)]!
  const makerRow = i[maker + (isBuy ? QUOTE_ROW : BASE_ROW)]!
  const takerPays = (i[taker + (isBuy ? QUOTE_ROW : BASE_ROW)]! + AVAILABLE) >> 1
  const makerPays = (i[maker + (isBuy ? BASE_ROW : QUOTE_ROW)]! + HELD) >> 1
  if ((i[takerRow + ROW_ASSET]! | i[makerRow + ROW_ASSET]!) & IS_DISCOUNTED) {
    return settleAside(market, taker, maker, price, lots)
  }
  const takerFee = feeOf(got, i[market + FEES + tierOf(takerRow) + 1]!)
  const makerFee = feeOf(paid, i[market + FEES + tierOf(makerRow)]!)
  const takerGets = (takerRow + AVAILABLE) >> 1
  const makerGets = (makerRow + AVAILABLE) >> 1
  f[takerPays] = f[takerPays]! - paid
  f[takerGets] = f[takerGets]! + got - takerFee
  f[makerPays] = f[makerPays]! - got
  f[makerGets] = f[makerGets]! + paid - makerFee
  const takerFees = (i[market + (isBuy ? FEE_BASE_ROW : FEE_QUOTE_ROW)]! + AVAILABLE) >> 1
  const makerFees = (i[market + (isBuy ? FEE_QUOTE_ROW : FEE_BASE_ROW)]! + AVAILABLE) >> 1
  f[takerFees] = f[takerFees]! + takerFee
  f[makerFees] = f[makerFees]! + makerFee
  writeTrade(isBuy ? 0 : FLAG_SELL, market, taker, maker, lots, takerFee, makerFee)
}

/** The same where a fee may be paid in another asset. */
const settleAside = (market: number, taker: number, maker: number, price: number, lots: number): void => {
  meeting.market = market
  meeting.taker = taker
  meeting.maker = maker
  meeting.price = price
  meeting.lots = lots
  settleMeeting(false)
}

/** Where the rates of the row's account stand: two words a tier. */
const tierOf = (row: number): number => {
  return (i[row + ROW_ASSET]! >>> (TIER_SHIFT - 1)) & 30
}
