/** One market's orders the obvious way: an array a side, sorted by price and then by age. The twin of `book.ts`. */
import type { Side } from '../messages/command.ts'
import type { Reason, TradeEvent } from '../messages/event.ts'
import type { MarketTerms } from '../messages/market.ts'

export const amountEnd = 2n ** 53n

/** Decimals of the exact integers that the naive engine calculates with. */
const EXACT = 36
const one = 10n ** BigInt(EXACT)

export interface NaiveOrder {
  readonly order: number
  readonly id: string
  readonly account: number
  readonly market: NaiveMarket
  readonly side: Side
  readonly price: bigint
  readonly quantity: bigint
  leaves: bigint
}

export interface NaiveMarket {
  terms: MarketTerms
  readonly buy: NaiveOrder[]
  readonly sell: NaiveOrder[]
}

/** The decimal as an integer of 10^-36. */
export function exact(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(EXACT, '0'))
}

export function multiply(a: bigint, b: bigint): bigint {
  return (a * b) / one
}

/** Whole units of 10^-scale in `value`, or undefined when it is no whole number of them. */
export function unitsIn(value: bigint, scale: number): bigint | undefined {
  const unit = 10n ** BigInt(EXACT - scale)
  return value % unit === 0n ? value / unit : undefined
}

export function show(value: bigint): string {
  const digits = value.toString().padStart(EXACT + 1, '0')
  return `${digits.slice(0, -EXACT)}.${digits.slice(-EXACT)}`.replace(/\.?0+$/, '')
}

export function showPrice(market: NaiveMarket, price: bigint): string {
  const decimals = show(exact(market.terms.tickSize)).split('.')[1]?.length ?? 0
  const [whole, fraction = ''] = show(price).split('.')
  return decimals === 0 ? whole! : `${whole}.${fraction.padEnd(decimals, '0')}`
}

/** `value` × ppm, rounded up to a whole unit of 10^-scale. */
export function feeOn(value: bigint, ppm: number, scale: number): bigint {
  const unit = 10n ** BigInt(EXACT - scale)
  const parts = value * BigInt(ppm)
  const whole = unit * 1_000_000n
  return ((parts + whole - 1n) / whole) * unit
}

function isBetter(side: Side, a: bigint, b: bigint): boolean {
  return side === 'buy' ? a > b : a < b
}

export function insertOrder(order: NaiveOrder): void {
  const orders = order.market[order.side]
  const position = orders.findIndex((other) => isBetter(order.side, order.price, other.price))
  orders.splice(position < 0 ? orders.length : position, 0, order)
}

export function opposite(market: NaiveMarket, side: Side): NaiveOrder[] {
  return side === 'buy' ? market.sell : market.buy
}

export function crosses(side: Side, limit: bigint | undefined, makerPrice: bigint): boolean {
  if (limit === undefined) return true
  return side === 'buy' ? makerPrice <= limit : makerPrice >= limit
}

/** What a taker would trade, in turn, without trading it. */
export function reachable(
  market: NaiveMarket,
  side: Side,
  { limit, quantity }: { limit: bigint | undefined; quantity: bigint },
): { maker: NaiveOrder; quantity: bigint }[] {
  const fills: { maker: NaiveOrder; quantity: bigint }[] = []
  let left = quantity
  for (const maker of opposite(market, side)) {
    if (left === 0n || !crosses(side, limit, maker.price)) break
    const taken = left < maker.leaves ? left : maker.leaves
    fills.push({ maker, quantity: taken })
    left -= taken
  }
  return fills
}

/** How many `step`s a decimal is, or undefined when it is no whole number of them. */
export function stepsIn(decimal: string, step: string): bigint | undefined {
  return exact(decimal) % exact(step) === 0n ? exact(decimal) / exact(step) : undefined
}

/** Why an account cannot be given or give this much of an asset of `scale`. */
export function amountRefusal(amount: bigint, scale: number): Reason | undefined {
  if (amount === 0n) return 'amount_must_be_positive'
  const units = unitsIn(amount, scale)
  if (units === undefined) return 'amount_off_scale'
  return units < amountEnd ? undefined : 'overflow'
}

interface Traded {
  readonly taker: NaiveOrder
  readonly maker: NaiveOrder
  readonly quantity: bigint
  readonly takerFee: bigint
  readonly makerFee: bigint
}

export function describeTrade({
  taker,
  maker,
  quantity,
  takerFee,
  makerFee,
}: Traded): Omit<TradeEvent, 'seq' | 'time'> {
  return {
    event: 'trade',
    market: taker.market.terms.market,
    price: showPrice(taker.market, maker.price),
    quantity: show(quantity),
    taker: taker.id,
    maker: maker.id,
    takerOrder: taker.order,
    makerOrder: maker.order,
    takerAccount: taker.account,
    makerAccount: maker.account,
    takerSide: taker.side,
    takerFee: show(takerFee),
    makerFee: show(makerFee),
    takerLeaves: show(taker.leaves),
    makerLeaves: show(maker.leaves),
  }
}
