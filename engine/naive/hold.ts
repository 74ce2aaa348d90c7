/** Funds set aside: what an open or waiting order may have to pay, taken from available until it has paid or ended. */
import { divideUp, exact, multiply } from './decimal.ts'
import { balanceOf, paidAsset, type NaiveOrder, type NaiveState } from './state.ts'

/** The price at which a buy is held for; undefined for what has none yet. */
export function holdPriceOf(order: NaiveOrder): bigint | undefined {
  const { price, triggerPrice, trailingBips, market } = order
  if (price !== undefined) return price
  if (triggerPrice !== undefined) return triggerPrice
  if (trailingBips === undefined || market.lastPrice === undefined) return undefined
  return divideUp(market.lastPrice * BigInt(10_000 + trailingBips), 10_000n, exact(market.terms.tickSize))
}

/** What it needs while it rests or waits. */
export function needOf(order: NaiveOrder): bigint {
  if (order.status !== 'open' && order.status !== 'waiting') return 0n
  return order.side === 'sell' ? order.leaves : multiply(order.holdPrice!, order.leaves)
}

/** Brings what is held for an order, and the other of its pair, to what they need now. */
export function updateHold(s: NaiveState, { account, side, market, hold }: NaiveOrder): void {
  const balance = balanceOf(s, account, paidAsset({ side, market }))
  const due = hold.orders.map(needOf).reduce((sum, need) => s.rules.pairHold(sum, need), 0n)
  balance.available -= due - hold.amount
  balance.held += due - hold.amount
  hold.amount = due
}

/** The order begins to rest or to wait. */
export function holdFor(s: NaiveState, order: NaiveOrder, status: 'open' | 'waiting'): void {
  order.status = status
  // The trail's reference at its start stays what it is held for.
  order.holdPrice = order.price ?? order.holdPrice ?? holdPriceOf(order)
  updateHold(s, order)
}
