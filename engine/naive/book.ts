/** One market's open orders: an array a side, sorted by price and then by age; and what a taker would meet in them. */
import type { Side } from '../messages/command.ts'
import { exact, least, multiply } from './decimal.ts'
import type { Rules } from './rules.ts'
import { settingsOf, type NaiveMarket, type NaiveOrder, type NaiveState } from './state.ts'

export function opposite(market: NaiveMarket, side: Side): NaiveOrder[] {
  return side === 'buy' ? market.sell : market.buy
}

export function crosses(side: Side, limit: bigint | undefined, makerPrice: bigint): boolean {
  if (limit === undefined) return true
  return side === 'buy' ? makerPrice <= limit : makerPrice >= limit
}

/** Puts an order behind all others of its price, its first part shown. */
export function insert(rules: Rules, order: NaiveOrder): void {
  const orders = order.market[order.side]
  const position = orders.findIndex((other) => rules.standsBefore(order.side, order.price!, other.price!))
  orders.splice(position < 0 ? orders.length : position, 0, order)
  order.shown = partOf(order)
}

export function remove(order: NaiveOrder): void {
  const orders = order.market[order.side]
  const position = orders.indexOf(order)
  if (position >= 0) orders.splice(position, 1)
}

export function partOf({ display, leaves }: Pick<NaiveOrder, 'display' | 'leaves'>): bigint {
  return least(display ?? leaves, leaves)
}

type Met = Pick<NaiveOrder, 'price' | 'leaves' | 'shown' | 'display'>

/** An order in its place loses a quantity, by a trade of the uncross or without a trade. */
export function shrink(rules: Rules, order: Met, quantity: bigint): void {
  order.leaves -= quantity
  order.shown = rules.shownAfter(order.shown, quantity, partOf(order))
}

/** Takes `quantity` of what an order shows. What is left of an iceberg shows its next part behind the others. */
function take<Order extends Met>(rules: Rules, orders: Order[], order: Order, quantity: bigint): void {
  const isPartUsed = quantity === order.shown
  shrink(rules, order, quantity)
  if (!isPartUsed || (order.leaves > 0n && rules.nextPart === 'front')) return
  const position = orders.indexOf(order)
  const behind = orders.findLastIndex((other) => other.price === order.price)
  if (order.leaves > 0n) orders.splice(behind + 1, 0, order)
  orders.splice(position, 1)
}

/** A trade with an open order. The uncross takes icebergs whole, and what is left of one stays in its place. */
export function takeFrom(rules: Rules, order: NaiveOrder, quantity: bigint, isUncross: boolean): void {
  if (!isUncross) return take(rules, order.market[order.side], order, quantity)
  shrink(rules, order, quantity)
  if (order.leaves === 0n) remove(order)
}

export interface Step {
  readonly maker: NaiveOrder
  readonly kind: 'trade' | 'expireTaker' | 'expireMaker' | 'expireBoth' | 'decrement'
  /** What is traded, or taken off both by a decrement. */
  readonly quantity: bigint
}

export interface Plan {
  readonly steps: readonly Step[]
  /** Why it goes no further. */
  readonly end: 'filled' | 'no_liquidity' | 'quote_spent' | 'self_trade'
}

/** The most lots that so much of the quote asset pays for at a price. */
function lotsFor(market: NaiveMarket, quote: bigint, price: bigint): bigint {
  const lot = exact(market.terms.lotSize)
  return (quote / multiply(price, lot)) * lot
}

function isOwn(s: NaiveState, taker: NaiveOrder, maker: NaiveOrder): boolean {
  const group = settingsOf(s, taker.account).tradeGroup
  const makerGroup = settingsOf(s, maker.account).tradeGroup
  return s.rules.isSameOwner(taker.account, group, maker.account, makerGroup)
}

interface Ahead extends Met {
  readonly order: NaiveOrder
}

/** All that would happen to `taker` if it were matched now, in turn, without doing any of it. */
export function planOf(s: NaiveState, taker: NaiveOrder): Plan {
  const { market, side, price: limit, prevention, quoteQuantity } = taker
  const ahead: Ahead[] = opposite(market, side)
    .filter((order) => crosses(side, limit, order.price!))
    .map((order) => ({
      order,
      price: order.price,
      leaves: order.leaves,
      shown: order.shown,
      display: order.display,
    }))
  const steps: Step[] = []
  let { leaves, quoteLeft } = taker
  const isByQuote = quoteQuantity !== undefined
  while (isByQuote ? quoteLeft > 0n : leaves > 0n) {
    const met = ahead[0]
    if (!met) return { steps, end: 'no_liquidity' }
    const maker = met.order
    const most = isByQuote ? lotsFor(market, quoteLeft, met.price!) : leaves
    if (most === 0n) return { steps, end: 'quote_spent' }
    const kind = prevention !== 'none' && isOwn(s, taker, maker) ? prevention : 'trade'
    const quantity = least(most, kind === 'trade' ? met.shown : kind === 'decrement' ? met.leaves : 0n)
    steps.push({ maker, kind, quantity })
    leaves -= quantity
    quoteLeft -= isByQuote ? multiply(met.price!, quantity) : 0n
    switch (kind) {
      case 'trade':
        take(s.rules, ahead, met, quantity)
        break
      case 'expireTaker':
      case 'expireBoth':
        return { steps, end: 'self_trade' }
      case 'expireMaker':
        ahead.shift()
        break
      case 'decrement':
        shrink(s.rules, met, quantity)
        if (met.leaves === 0n) ahead.shift()
        if (isByQuote ? quoteLeft === 0n : leaves === 0n) return { steps, end: 'self_trade' }
    }
  }
  return { steps, end: 'filled' }
}

/** What a plan pays in the quote asset. */
export function costOf({ steps }: Plan): bigint {
  return steps
    .filter(({ kind }) => kind === 'trade')
    .reduce((sum, { maker, quantity }) => sum + multiply(maker.price!, quantity), 0n)
}

export function tradedIn({ steps }: Plan): bigint {
  return steps.filter(({ kind }) => kind === 'trade').reduce((sum, { quantity }) => sum + quantity, 0n)
}

/** A FOK order is filled by trades alone: meeting an own order that it may not pass ends it before it begins. */
export function fillsWhole({ steps, end }: Plan): boolean {
  return end === 'filled' && steps.every(({ kind }) => kind === 'trade' || kind === 'expireMaker')
}
