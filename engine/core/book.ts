/** The order books: levels in price order, orders in each level oldest first, and the matching of a taker with them. */
import { attachOrder, detachOrder, feeOf } from './balance.ts'
import { writeTrade } from './event-record.ts'
import { indexByClientId, indexById, unindexByClientId, unindexById } from './order-index.ts'
import { hasNodes, insertLevel, levelAbove, levelAt, levelBelow, removeLevel } from './price-index.ts'
import type { EngineState } from './state.ts'
import * as layout from './layout.ts'
import * as records from '../messages/records.ts'

const {
  AVAILABLE,
  BASE_ROW,
  BASE_UNIT,
  BEST,
  BUY,
  COUNT,
  FEE_BASE_ROW,
  FEE_QUOTE_ROW,
  HEAD,
  HELD,
  ID_LENGTH,
  LEAVES,
  LEVEL,
  LEVEL_END,
  LEVEL_FREE,
  LEVEL_MARKET,
  LEVEL_PRICE,
  LEVEL_SIDE,
  LEVEL_TOP,
  LEVEL_WORDS,
  MAKER_PPM,
  NEXT,
  ORDER_END,
  ORDER_FREE,
  ORDER_TOP,
  ORDER_WORDS,
  PREV,
  PRICE,
  QUOTE_ROW,
  QUOTE_UNIT,
  ROOT,
  TAIL,
  TAKER_PPM,
  VOLUME,
} = layout
const { FLAG_SELL } = records

/** Whether one more order, at one more price, would find room. */
export function hasRoom(i: Int32Array): boolean {
  return (
    (i[ORDER_FREE] !== 0 || i[ORDER_TOP]! < i[ORDER_END]!) &&
    (i[LEVEL_FREE] !== 0 || i[LEVEL_TOP]! < i[LEVEL_END]!) &&
    hasNodes(i)
  )
}

export function allocateOrder(i: Int32Array): number {
  const free = i[ORDER_FREE]!
  if (free !== 0) {
    i[ORDER_FREE] = i[free + NEXT]!
    return free
  }
  const fresh = i[ORDER_TOP]!
  i[ORDER_TOP] = fresh + ORDER_WORDS
  return fresh
}

export function freeOrder(i: Int32Array, order: number): void {
  i[order + NEXT] = i[ORDER_FREE]!
  i[ORDER_FREE] = order
}

function openLevel(s: EngineState, market: number, side: number, price: number): number {
  const { i, f } = s
  let level = i[LEVEL_FREE]!
  if (level !== 0) i[LEVEL_FREE] = i[level + HEAD]!
  else {
    level = i[LEVEL_TOP]!
    i[LEVEL_TOP] = level + LEVEL_WORDS
  }
  i[level + HEAD] = 0
  i[level + TAIL] = 0
  i[level + COUNT] = 0
  i[level + LEVEL_PRICE] = price
  i[level + LEVEL_MARKET] = market
  i[level + LEVEL_SIDE] = side
  f[(level + VOLUME) >> 1] = 0
  insertLevel(i, i[market + ROOT + side]!, price, level)
  const best = i[market + BEST + side]!
  if (best === 0 || (side === BUY ? price > i[best + LEVEL_PRICE]! : price < i[best + LEVEL_PRICE]!)) {
    i[market + BEST + side] = level
  }
  return level
}

/** The level a taker meets after `level`: the next lower bid, the next higher ask. */
export function nextLevel(i: Int32Array, market: number, side: number, level: number): number {
  const root = i[market + ROOT + side]!
  const price = i[level + LEVEL_PRICE]!
  return side === BUY ? levelBelow(i, root, price) : levelAbove(i, root, price)
}

function closeLevel(i: Int32Array, market: number, side: number, level: number): void {
  if (i[market + BEST + side] === level) i[market + BEST + side] = nextLevel(i, market, side, level)
  removeLevel(i, i[market + ROOT + side]!, i[level + LEVEL_PRICE]!)
  i[level + HEAD] = i[LEVEL_FREE]!
  i[LEVEL_FREE] = level
}

/** Puts an order with its leaves at the end of its level and holds what it may have to pay. */
export function rest(s: EngineState, market: number, side: number, order: number): void {
  const { i, f } = s
  const price = i[order + PRICE]!
  const lots = f[(order + LEAVES) >> 1]!
  let level = levelAt(i, i[market + ROOT + side]!, price)
  if (level === 0) level = openLevel(s, market, side, price)
  const tail = i[level + TAIL]!
  i[order + NEXT] = 0
  i[order + PREV] = tail
  i[order + LEVEL] = level
  if (tail === 0) i[level + HEAD] = order
  else i[tail + NEXT] = order
  i[level + TAIL] = order
  i[level + COUNT] = i[level + COUNT]! + 1
  f[(level + VOLUME) >> 1] = f[(level + VOLUME) >> 1]! + lots

  const row = i[order + (side === BUY ? QUOTE_ROW : BASE_ROW)]!
  const hold = holdOf(f, market, side, price, lots)
  f[(row + AVAILABLE) >> 1] = f[(row + AVAILABLE) >> 1]! - hold
  f[(row + HELD) >> 1] = f[(row + HELD) >> 1]! + hold
  attachOrder(i, row, order)
  indexById(i, f, order)
  if (i[order + ID_LENGTH] !== 0) indexByClientId(i, order)
}

/** What an order of `lots` at `price` may have to pay, in units of the asset it pays with. */
export function holdOf(f: Float64Array, market: number, side: number, price: number, lots: number): number {
  return side === BUY ? price * lots * f[(market + QUOTE_UNIT) >> 1]! : lots * f[(market + BASE_UNIT) >> 1]!
}

/** Takes an open order out of every list but its level's queue, and frees its record. */
function close(i: Int32Array, f: Float64Array, side: number, order: number): void {
  detachOrder(i, i[order + (side === BUY ? QUOTE_ROW : BASE_ROW)]!, order)
  unindexById(i, f, order)
  if (i[order + ID_LENGTH] !== 0) unindexByClientId(i, order)
  freeOrder(i, order)
}

/** Takes an order off its book and gives back what it held. */
export function remove(s: EngineState, order: number): void {
  const { i, f } = s
  const level = i[order + LEVEL]!
  const market = i[level + LEVEL_MARKET]!
  const side = i[level + LEVEL_SIDE]!
  const lots = f[(order + LEAVES) >> 1]!
  const row = i[order + (side === BUY ? QUOTE_ROW : BASE_ROW)]!
  const hold = holdOf(f, market, side, i[order + PRICE]!, lots)
  f[(row + AVAILABLE) >> 1] = f[(row + AVAILABLE) >> 1]! + hold
  f[(row + HELD) >> 1] = f[(row + HELD) >> 1]! - hold

  const next = i[order + NEXT]!
  const prev = i[order + PREV]!
  if (prev === 0) i[level + HEAD] = next
  else i[prev + NEXT] = next
  if (next === 0) i[level + TAIL] = prev
  else i[next + PREV] = prev
  const count = i[level + COUNT]! - 1
  i[level + COUNT] = count
  f[(level + VOLUME) >> 1] = f[(level + VOLUME) >> 1]! - lots
  if (count === 0) closeLevel(i, market, side, level)
  close(i, f, side, order)
}

/**
 * Trades the taker against the other side of the book up to its limit, best price first, then oldest first. What is
 * left of it is the caller's to rest or to expire: the book knows no time in force.
 */
export function match(s: EngineState, market: number, side: number, taker: number, limit: number): void {
  const { i, f } = s
  const other = 1 - side
  while (f[(taker + LEAVES) >> 1]! > 0) {
    const level = i[market + BEST + other]!
    if (level === 0) return
    const price = i[level + LEVEL_PRICE]!
    if (side === BUY ? price > limit : price < limit) return
    matchLevel(s, market, side, taker, level)
  }
}

function matchLevel(s: EngineState, market: number, side: number, taker: number, level: number): void {
  const { i, f } = s
  let leaves = f[(taker + LEAVES) >> 1]!
  let maker = i[level + HEAD]!
  while (maker !== 0 && leaves > 0) {
    const makerLeaves = f[(maker + LEAVES) >> 1]!
    const lots = leaves < makerLeaves ? leaves : makerLeaves
    leaves -= lots
    f[(taker + LEAVES) >> 1] = leaves
    f[(maker + LEAVES) >> 1] = makerLeaves - lots
    f[(level + VOLUME) >> 1] = f[(level + VOLUME) >> 1]! - lots
    settle(s, market, side, taker, maker, lots)
    if (lots < makerLeaves) break
    const next = i[maker + NEXT]!
    i[level + COUNT] = i[level + COUNT]! - 1
    close(i, f, 1 - side, maker)
    maker = next
  }
  if (maker === 0) return closeLevel(i, market, 1 - side, level)
  i[level + HEAD] = maker
  i[maker + PREV] = 0
}

/**
 * Moves the money of one trade. The maker pays from what it held, at its own price; the taker from what is available,
 * so a buyer that meets a better price than its limit never parts with the difference.
 */
function settle(
  s: EngineState,
  market: number,
  side: number,
  taker: number,
  maker: number,
  lots: number,
): void {
  const { i, f } = s
  const base = lots * f[(market + BASE_UNIT) >> 1]!
  const quote = i[maker + PRICE]! * lots * f[(market + QUOTE_UNIT) >> 1]!
  const isBuy = side === BUY
  const takerFee = feeOf(isBuy ? base : quote, i[market + TAKER_PPM]!)
  const makerFee = feeOf(isBuy ? quote : base, i[market + MAKER_PPM]!)
  const paid = isBuy ? QUOTE_ROW : BASE_ROW
  const received = isBuy ? BASE_ROW : QUOTE_ROW
  const takerPays = (i[taker + paid]! + AVAILABLE) >> 1
  const takerGets = (i[taker + received]! + AVAILABLE) >> 1
  const makerPays = (i[maker + received]! + HELD) >> 1
  const makerGets = (i[maker + paid]! + AVAILABLE) >> 1
  f[takerPays] = f[takerPays]! - (isBuy ? quote : base)
  f[takerGets] = f[takerGets]! + (isBuy ? base : quote) - takerFee
  f[makerPays] = f[makerPays]! - (isBuy ? base : quote)
  f[makerGets] = f[makerGets]! + (isBuy ? quote : base) - makerFee
  const takerFees = (i[market + (isBuy ? FEE_BASE_ROW : FEE_QUOTE_ROW)]! + AVAILABLE) >> 1
  const makerFees = (i[market + (isBuy ? FEE_QUOTE_ROW : FEE_BASE_ROW)]! + AVAILABLE) >> 1
  f[takerFees] = f[takerFees]! + takerFee
  f[makerFees] = f[makerFees]! + makerFee
  writeTrade(s, isBuy ? 0 : FLAG_SELL, market, taker, maker, lots, takerFee, makerFee)
}
