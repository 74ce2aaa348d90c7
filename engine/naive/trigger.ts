/** Orders that wait for a price: which of them a trade sets off, and in which turn. */
import { holdFor } from './hold.ts'
import { isRising } from './rules.ts'
import { isTrigger, type NaiveMarket, type NaiveOrder, type NaiveState } from './state.ts'

/** The order waits from now on; a trail begins at the last price unless a price that activates it is still to come. */
export function waitForTrigger(s: NaiveState, order: NaiveOrder): void {
  const { trailingBips, triggerPrice, market } = order
  const { lastPrice } = market
  holdFor(s, order, 'waiting')
  if (trailingBips === undefined) return
  order.isActive =
    triggerPrice === undefined ||
    (lastPrice !== undefined && s.rules.isReached(order, triggerPrice, lastPrice))
  if (order.isActive) order.extreme = lastPrice
}

/** Whether an order with a fixed price would be set off by the last one. */
export function wouldTrigger(s: NaiveState, order: NaiveOrder): boolean {
  const { trailingBips, triggerPrice, market } = order
  if (!isTrigger(order) || trailingBips !== undefined || market.lastPrice === undefined) return false
  return s.rules.isReached(order, triggerPrice!, market.lastPrice)
}

/** A trade at `price`: what it sets off joins the queue, the trails of the others follow it. */
export function enqueueTriggered(s: NaiveState, market: NaiveMarket, price: bigint): void {
  const waiting = [...s.orders]
    .filter((order) => order.market === market && order.status === 'waiting' && !order.isQueued)
    .sort((a, b) => a.number - b.number)
  const reached = waiting.filter(
    (order) => order.trailingBips === undefined && s.rules.isReached(order, order.triggerPrice!, price),
  )
  // Nearest first: the way the price came. Sorting leaves equal ones by number.
  const rising = reached.filter(isRising).sort((a, b) => Number(a.triggerPrice! - b.triggerPrice!))
  const falling = reached.filter((order) => !isRising(order))
  falling.sort((a, b) => Number(b.triggerPrice! - a.triggerPrice!))
  const trailing = waiting.filter((order) => order.trailingBips !== undefined && follow(s, order, price))
  for (const order of [...rising, ...falling, ...trailing]) {
    order.isQueued = true
    s.queue.push({ order, price })
  }
}

/** Moves a trail to where a trade at `price` takes it; true when the price has come back by the order's distance. */
function follow(s: NaiveState, order: NaiveOrder, price: bigint): boolean {
  const { side, trailingBips, triggerPrice, extreme } = order
  if (!order.isActive) {
    if (!s.rules.isReached(order, triggerPrice!, price)) return false
    order.isActive = true
    order.extreme = price
    return false
  }
  order.extreme = extreme === undefined ? price : s.rules.extreme(side, extreme, price)
  return s.rules.hasFallenBack(side, order.extreme, trailingBips!, price)
}
