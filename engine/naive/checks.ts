/** Why an order may not be: its form, its market's filters, its account's limits and funds, and the book as it is. */
import type { Reason } from '../messages/event.ts'
import type { MarketTerms } from '../messages/market.ts'
import { costOf, crosses, opposite, planOf, tradedIn } from './book.ts'
import { amountEnd, countOf, exact, multiply, ticksEnd, unitsIn } from './decimal.ts'
import { holdPriceOf } from './hold.ts'
import { availableOf, isTrigger, paidAsset, type NaiveOrder, type NaiveState } from './state.ts'
import { wouldTrigger } from './trigger.ts'

const all = ['none', 'expireTaker', 'expireMaker', 'expireBoth', 'decrement'] as const

/** A filter's value, or undefined while it is off. */
function filter(terms: MarketTerms, name: keyof MarketTerms): bigint | undefined {
  const value = terms[name]
  const number = typeof value === 'string' ? exact(value) : typeof value === 'number' ? BigInt(value) : 0n
  return number === 0n ? undefined : number
}

function isBelow(value: bigint, terms: MarketTerms, name: keyof MarketTerms): boolean {
  return value < (filter(terms, name) ?? value)
}

function isAbove(value: bigint, terms: MarketTerms, name: keyof MarketTerms): boolean {
  return value > (filter(terms, name) ?? value)
}

export function refusalOfState({ market, type, timeInForce }: NaiveOrder): Reason | undefined {
  const { state } = market.terms
  if (state === 'halted') return 'market_halted'
  if (state === 'cancelOnly') return 'market_cancel_only'
  const isAtOnce = type === 'market' || (type === 'limit' && (timeInForce === 'IOC' || timeInForce === 'FOK'))
  return state === 'preOpen' && isAtOnce ? 'market_pre_open' : undefined
}

export function refusalOfPrice({ market, price }: NaiveOrder): Reason | undefined {
  if (price === undefined) return undefined
  const ticks = countOf(price, market.terms.tickSize, ticksEnd)
  if (ticks === 'off') return 'price_off_tick'
  if (ticks === 0n || ticks === 'beyond') return 'price_out_of_range'
  return refusalOfPriceRange(price, market.terms)
}

function refusalOfPriceRange(price: bigint, terms: MarketTerms): Reason | undefined {
  if (isBelow(price, terms, 'priceMin')) return 'price_below_min'
  return isAbove(price, terms, 'priceMax') ? 'price_above_max' : undefined
}

function refusalOfTrigger({ market, triggerPrice, trailingBips }: NaiveOrder): Reason | undefined {
  const { terms } = market
  if (triggerPrice !== undefined) {
    const ticks = countOf(triggerPrice, terms.tickSize, ticksEnd)
    if (ticks === 'off') return 'trigger_price_off_tick'
    if (ticks === 0n || ticks === 'beyond') return 'trigger_price_out_of_range'
    const refusal = refusalOfPriceRange(triggerPrice, terms)
    if (refusal) return refusal
  }
  if (trailingBips === undefined) return undefined
  const bips = BigInt(trailingBips)
  const isOut = isBelow(bips, terms, 'trailingBipsMin') || isAbove(bips, terms, 'trailingBipsMax')
  return isOut ? 'trailing_out_of_range' : undefined
}

function refusalOfFlags(s: NaiveState, order: NaiveOrder): Reason | undefined {
  const { timeInForce, expiresAt, named, market } = order
  const isAtOnce = timeInForce === 'IOC' || timeInForce === 'FOK'
  if (order.postOnly && isAtOnce) return 'post_only_must_be_gtc'
  if (order.display !== undefined && isAtOnce) return 'iceberg_must_be_gtc'
  if (expiresAt !== undefined && s.rules.isExpired(expiresAt, s.time)) return 'expiry_in_past'
  const allowed = market.terms.selfTradePreventions ?? all
  return named && !allowed.includes(named) ? 'self_trade_prevention_not_allowed' : undefined
}

export function refusalOfQuantity({
  market,
  price,
  quantity,
  quoteQuantity,
}: NaiveOrder): Reason | undefined {
  const { terms } = market
  if (quoteQuantity !== undefined) {
    if (unitsIn(quoteQuantity, terms.quoteScale) === undefined) return 'amount_off_scale'
    return quoteQuantity === 0n ? 'amount_must_be_positive' : undefined
  }
  const lots = countOf(quantity, terms.lotSize, amountEnd)
  if (lots === 'off') return 'quantity_off_lot'
  if (lots === 0n || lots === 'beyond') return 'quantity_out_of_range'
  const isLimited = price !== undefined
  if (isBelow(quantity, terms, isLimited ? 'quantityMin' : 'marketQuantityMin')) return 'quantity_below_min'
  return isAbove(quantity, terms, isLimited ? 'quantityMax' : 'marketQuantityMax')
    ? 'quantity_above_max'
    : undefined
}

export function refusalOfDisplay({ market, quantity, display }: NaiveOrder): Reason | undefined {
  if (display === undefined) return undefined
  if (countOf(display, market.terms.lotSize, amountEnd) === 'off') return 'display_off_lot'
  if (display === 0n || display > quantity) return 'display_out_of_range'
  const parts = (quantity + display - 1n) / display
  return isAbove(parts, market.terms, 'icebergPartsMax') ? 'iceberg_parts_above_max' : undefined
}

export function refusalOfSize(order: NaiveOrder): Reason | undefined {
  const { market, quantity, quoteQuantity } = order
  const { baseScale, quoteScale } = market.terms
  if (quoteQuantity !== undefined) {
    return unitsIn(quoteQuantity, quoteScale)! >= amountEnd ? 'overflow' : undefined
  }
  if (unitsIn(quantity, baseScale)! >= amountEnd) return 'overflow'
  const price = order.type === 'market' ? undefined : holdPriceOf(order)
  if (price === undefined) return undefined
  return unitsIn(multiply(price, quantity), quoteScale)! >= amountEnd ? 'overflow' : undefined
}

/** Measured at the order's own price, or at the one it would most likely trade at; not at all where there is none. */
export function refusalOfNotional(order: NaiveOrder): Reason | undefined {
  const { market, side, type, price, triggerPrice, quantity, quoteQuantity } = order
  if (order.anyNotional) return undefined
  const best = type === 'market' ? opposite(market, side)[0]?.price : market.lastPrice
  const measure = price ?? triggerPrice ?? best
  if (quoteQuantity === undefined && measure === undefined) return undefined
  const notional = quoteQuantity ?? multiply(measure!, quantity)
  if (isBelow(notional, market.terms, 'notionalMin')) return 'notional_below_min'
  return isAbove(notional, market.terms, 'notionalMax') ? 'notional_above_max' : undefined
}

export function refusalOfBand({ market, side, price, triggerPrice }: NaiveOrder): Reason | undefined {
  const { lastPrice, terms } = market
  const measure = price ?? triggerPrice
  if (lastPrice === undefined || measure === undefined) return undefined
  const million = 1_000_000n
  const up = filter(terms, 'bandUpPpm')
  const down = filter(terms, 'bandDownPpm')
  const isOut =
    side === 'buy'
      ? up !== undefined && measure * million > lastPrice * (million + up)
      : down !== undefined && measure * million < lastPrice * (million - down)
  return isOut ? 'price_out_of_band' : undefined
}

/** Counts what the account has in this market and `before`, the orders of the same list that come before this one. */
export function refusalOfCount(
  s: NaiveState,
  order: NaiveOrder,
  before: readonly NaiveOrder[],
  isPending: boolean,
): Reason | undefined {
  const { market, account, timeInForce } = order
  const mayStay = isTrigger(order) || timeInForce === 'GTC' || timeInForce === 'GTD' || isPending
  if (!mayStay) return undefined
  const others = new Set(
    [...s.orders].filter((other) => other.account === account && other.market === market),
  )
  for (const other of before) others.add(other)
  others.delete(order)
  const counted = (isCounted: (other: NaiveOrder) => boolean): number =>
    1 + [...others].filter((other) => isCounted(other)).length
  const isOver = (count: number, max: number | undefined): boolean =>
    max !== undefined && max !== 0 && s.rules.isAbove(count, max)
  const { ordersMax, triggerOrdersMax, icebergOrdersMax } = market.terms
  if (
    isOver(
      counted(() => true),
      ordersMax,
    )
  )
    return 'orders_above_max'
  if (isPending) return undefined
  const waits = (other: NaiveOrder): boolean =>
    other.status === 'waiting' || (before.includes(other) && isTrigger(other))
  if (isTrigger(order) && isOver(counted(waits), triggerOrdersMax)) return 'trigger_orders_above_max'
  const isIceberg = (other: NaiveOrder): boolean =>
    other.display !== undefined && (other.status !== 'pending' || before.includes(other))
  const isIcebergs = order.display !== undefined && isOver(counted(isIceberg), icebergOrdersMax)
  return isIcebergs ? 'iceberg_orders_above_max' : undefined
}

export function refusalOfPosition(s: NaiveState, order: NaiveOrder): Reason | undefined {
  const { market, account, side, leaves, quoteQuantity } = order
  const max = filter(market.terms, 'positionMax')
  if (max === undefined || side === 'sell' || quoteQuantity !== undefined) return undefined
  const balance = s.balances.get(account)?.get(market.terms.base)
  const buys = [...s.orders].filter(
    (other) =>
      other.account === account &&
      other.market === market &&
      other.side === 'buy' &&
      (other.status === 'open' || other.status === 'waiting') &&
      other.number !== order.number,
  )
  const position = (balance?.available ?? 0n) + (balance?.held ?? 0n)
  const sum = buys.reduce((total, other) => total + other.leaves, position + leaves)
  return sum > max ? 'position_above_max' : undefined
}

/** What its account must have available for it; undefined when there is no price to reckon with. */
export function costNow(s: NaiveState, order: NaiveOrder): bigint | undefined {
  const { side, type, quoteQuantity, leaves } = order
  const isMarket = type === 'market'
  if (side === 'sell') return quoteQuantity === undefined ? leaves : tradedIn(planOf(s, order))
  if (quoteQuantity !== undefined) return quoteQuantity
  if (isMarket) return costOf(planOf(s, order))
  const price = holdPriceOf(order)
  return price === undefined ? undefined : multiply(price, leaves)
}

/** Legs of a pair are paid for once, by the larger. */
export function refusalOfFunds(s: NaiveState, orders: readonly NaiveOrder[]): Reason | undefined {
  let due = 0n
  for (const order of orders) {
    const cost = costNow(s, order)
    if (cost === undefined) return 'no_reference_price'
    due = s.rules.pairHold(due, cost)
  }
  const [order] = orders
  return availableOf(s, order!.account, paidAsset(order!)) < due ? 'insufficient_funds' : undefined
}

export function refusalOfBook(s: NaiveState, order: NaiveOrder): Reason | undefined {
  return refusalOfMeeting(order) ?? (wouldTrigger(s, order) ? 'would_trigger' : undefined)
}

/** A post-only order that would take. */
export function refusalOfMeeting({ market, side, price, postOnly }: NaiveOrder): Reason | undefined {
  const best = opposite(market, side)[0]?.price
  if (!postOnly || market.terms.state === 'preOpen' || best === undefined) return undefined
  return crosses(side, price, best) ? 'would_match' : undefined
}

export function isDuplicate(s: NaiveState, order: NaiveOrder, before: readonly NaiveOrder[]): boolean {
  const { account, id } = order
  return [...s.orders, ...before].some((other) => other.account === account && other.id === id)
}

/** The order by itself and by its market's filters, whenever it is to run. */
export function refusalOfTerms(s: NaiveState, order: NaiveOrder): Reason | undefined {
  return (
    refusalOfState(order) ??
    refusalOfPrice(order) ??
    refusalOfTrigger(order) ??
    refusalOfFlags(s, order) ??
    refusalOfQuantity(order) ??
    refusalOfDisplay(order) ??
    refusalOfSize(order) ??
    refusalOfNotional(order)
  )
}

/** What its account may have in this market, when it is to run. */
export function refusalOfLimits(
  s: NaiveState,
  order: NaiveOrder,
  before: readonly NaiveOrder[],
): Reason | undefined {
  return refusalOfBand(order) ?? refusalOfCount(s, order, before, false) ?? refusalOfPosition(s, order)
}
