/** The order books: levels in price order, orders in each level oldest first, and what resting orders hold. */
import * as balanceModule from './balance.ts'
import * as orderIndexModule from './order-index.ts'
import * as priceIndexModule from './price-index.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'

const { attachOrder, detachOrder } = balanceModule
const { indexByClientId, indexById, unindexByClientId, unindexById } = orderIndexModule
const { addLevel, hasNodes, levelAbove, levelAt, levelBelow, removeLevel } = priceIndexModule

const { f, i } = memory
const {
  AVAILABLE,
  BASE_ROW,
  BASE_UNIT,
  BEST,
  BUY,
  COUNT,
  DISPLAY,
  FLAGS,
  HEAD,
  HELD,
  ICEBERGS,
  ID_LENGTH_SHIFT,
  IS_ICEBERG,
  LEAVES,
  LEVEL,
  LEVEL_MARKET,
  LEVEL_PRICE,
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
  SELL,
  SHOWN,
  TAIL,
  VOLUME,
} = layout

// Called from here too; see `memory.ts` for the copies.
const freeOrderHere = freeOrder
const nextLevelHere = nextLevel
const showPartHere = showPart
const unlinkHere = unlink
const holdOfHere = holdOf
const payingRowHere = payingRow
const releaseHere = release
const deregisterHere = deregister

/** Whether one more order, at one more price, would find room. */
export function hasRoom(): boolean {
  return (i[ORDER_FREE] !== 0 || i[ORDER_TOP]! < i[ORDER_END]!) && hasNodes()
}

export function allocateOrder(): number {
  const free = i[ORDER_FREE]!
  if (free !== 0) {
    i[ORDER_FREE] = i[free + NEXT]!
    return free
  }
  const fresh = i[ORDER_TOP]!
  i[ORDER_TOP] = fresh + ORDER_WORDS
  return fresh
}

export function freeOrder(order: number): void {
  i[order + NEXT] = i[ORDER_FREE]!
  i[ORDER_FREE] = order
}

const openLevel = (market: number, side: number, price: number): number => {
  const level = addLevel(i[market + ROOT + side]!, price)
  i[level + LEVEL_MARKET] = market
  const best = i[market + BEST + side]!
  if (best === 0 || (side === BUY ? price > i[best + LEVEL_PRICE]! : price < i[best + LEVEL_PRICE]!)) {
    i[market + BEST + side] = level
  }
  return level
}

/** The level a taker meets after `level`: the next lower bid, the next higher ask. */
export function nextLevel(market: number, side: number, level: number): number {
  const root = i[market + ROOT + side]!
  return side === BUY ? levelBelow(root, level) : levelAbove(root, level)
}

const closeLevel = (market: number, side: number, level: number): void => {
  if (i[market + BEST + side] === level) i[market + BEST + side] = nextLevelHere(market, side, level)
  removeLevel(i[market + ROOT + side]!, level)
}

/** Puts an order at the end of the level of its price. */
export function link(market: number, side: number, order: number): void {
  const price = i[order + PRICE]!
  let level = levelAt(i[market + ROOT + side]!, price)
  if (level === 0) level = openLevel(market, side, price)
  const tail = i[level + TAIL]!
  i[order + NEXT] = level
  i[order + PREV] = tail
  i[order + LEVEL] = level
  i[tail + NEXT] = order
  i[level + TAIL] = order
  i[level + COUNT] = i[level + COUNT]! + 1
  f[(level + VOLUME) >> 1] = f[(level + VOLUME) >> 1]! + f[(order + LEAVES) >> 1]!
  if (i[order + FLAGS]! & IS_ICEBERG) {
    i[level + ICEBERGS] = i[level + ICEBERGS]! + 1
    showPartHere(order)
  }
}

/** An iceberg shows as much of what is left as it may. */
export function showPart(order: number): void {
  f[(order + SHOWN) >> 1] = Math.min(f[(order + DISPLAY) >> 1]!, f[(order + LEAVES) >> 1]!)
}

/** An iceberg that stays in its place has lost `lots` of its leaves, of what it shows first. */
export function shrinkPart(order: number, lots: number): void {
  const shown = f[(order + SHOWN) >> 1]!
  if (lots < shown) f[(order + SHOWN) >> 1] = shown - lots
  else showPartHere(order)
}

/** Takes an order out of its level, whose volume must still have its leaves. Both neighbours of the last one are the level. */
export function unlink(order: number): void {
  const level = i[order + LEVEL]!
  const next = i[order + NEXT]!
  const prev = i[order + PREV]!
  i[prev + NEXT] = next
  i[next + PREV] = prev
  i[level + COUNT] = i[level + COUNT]! - 1
  f[(level + VOLUME) >> 1] = f[(level + VOLUME) >> 1]! - f[(order + LEAVES) >> 1]!
  const flags = i[order + FLAGS]!
  if (flags & IS_ICEBERG) i[level + ICEBERGS] = i[level + ICEBERGS]! - 1
  if (next === prev) closeLevel(i[level + LEVEL_MARKET]!, flags & SELL, level)
}

/** Gives an order that is the first of its level the last place in it. */
export function moveToBack(order: number): void {
  const level = i[order + LEVEL]!
  const next = i[order + NEXT]!
  const tail = i[level + TAIL]!
  if (tail === order) return
  i[level + HEAD] = next
  i[next + PREV] = level
  i[tail + NEXT] = order
  i[order + PREV] = tail
  i[order + NEXT] = level
  i[level + TAIL] = order
}

/** What an order of `lots` at `price` may have to pay, in units of the asset it pays with. */
export function holdOf(market: number, side: number, price: number, lots: number): number {
  return side === BUY ? price * lots * f[(market + QUOTE_UNIT) >> 1]! : lots * f[(market + BASE_UNIT) >> 1]!
}

/** The row an order pays from. */
export function payingRow(order: number, side: number): number {
  return i[order + (side === BUY ? QUOTE_ROW : BASE_ROW)]!
}

/** Moves what the order may have to pay from available to held. */
export function hold(market: number, side: number, order: number): void {
  const row = payingRowHere(order, side)
  const units = holdOfHere(market, side, i[order + PRICE]!, f[(order + LEAVES) >> 1]!)
  f[(row + AVAILABLE) >> 1] = f[(row + AVAILABLE) >> 1]! - units
  f[(row + HELD) >> 1] = f[(row + HELD) >> 1]! + units
}

/** Gives back what the order holds for its leaves. */
export function release(market: number, side: number, order: number): void {
  const row = payingRowHere(order, side)
  const units = holdOfHere(market, side, i[order + PRICE]!, f[(order + LEAVES) >> 1]!)
  f[(row + AVAILABLE) >> 1] = f[(row + AVAILABLE) >> 1]! + units
  f[(row + HELD) >> 1] = f[(row + HELD) >> 1]! - units
}

/** From now on the order is found by its number, by its client id and among its account's orders. */
export function register(side: number, order: number): void {
  attachOrder(payingRowHere(order, side), order)
  indexById(order)
  if (i[order + FLAGS]! >>> ID_LENGTH_SHIFT !== 0) indexByClientId(order)
}

/** An order that is in no level any more is nowhere any more, and its record is free. */
export function deregister(order: number): void {
  detachOrder(order)
  unindexById(order)
  if (i[order + FLAGS]! >>> ID_LENGTH_SHIFT !== 0) unindexByClientId(order)
  freeOrderHere(order)
}

/** Takes an open order off its book, gives back what it held, and forgets it. */
export function remove(order: number): void {
  const side = i[order + FLAGS]! & SELL
  releaseHere(i[i[order + LEVEL]! + LEVEL_MARKET]!, side, order)
  unlinkHere(order)
  deregisterHere(order)
}
