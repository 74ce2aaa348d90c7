/** The whole state in the canonical form that both engines are compared in. */
import type { Depth, DepthLevel, FeeTier, OpenOrder } from '../core/reads.ts'
import type { StateDump } from '../core/state-hash.ts'
import { show, showAs } from './decimal.ts'
import type { NaiveOrder, NaiveState } from './state.ts'

function describeOrder(order: NaiveOrder): OpenOrder {
  const { number, id, market, account, side, status, type } = order
  const { timeInForce, price, quoteQuantity, display, triggerPrice, trailingBips } = order
  const { tickSize } = market.terms
  const isTrailing = status === 'waiting' && trailingBips !== undefined
  return {
    order: number,
    id,
    market: market.name,
    account,
    side,
    type,
    status: status as OpenOrder['status'],
    ...(timeInForce && { timeInForce }),
    ...(price !== undefined && { price: showAs(price, tickSize) }),
    quantity: show(order.quantity),
    ...(quoteQuantity !== undefined && { quoteQuantity: show(quoteQuantity) }),
    leaves: show(order.leaves),
    prevented: show(order.prevented),
    ...(display !== undefined && { displayQuantity: show(display) }),
    ...(display !== undefined && status === 'open' && { shown: show(order.shown) }),
    postOnly: order.postOnly,
    anyNotional: order.anyNotional,
    selfTradePrevention: order.prevention,
    ...(triggerPrice !== undefined && { triggerPrice: showAs(triggerPrice, tickSize) }),
    ...(trailingBips !== undefined && { trailingBips }),
    ...(isTrailing && { isActive: order.isActive }),
    ...(isTrailing && order.extreme !== undefined && { extreme: showAs(order.extreme, tickSize) }),
    ...(order.expiresAt !== undefined && { expiresAt: order.expiresAt }),
    ...(order.list && { list: order.list.number }),
  }
}

/** What the public sees of a market: of icebergs the part they show. */
export function depthOf(s: NaiveState, name: string): Depth | undefined {
  const market = s.markets.get(name)
  if (!market) return undefined
  const levelsOf = (orders: readonly NaiveOrder[]): DepthLevel[] =>
    [...new Set(orders.map(({ price }) => price!))].map((price) => {
      const those = orders.filter((order) => order.price === price)
      const quantity = show(those.reduce((sum, { shown }) => sum + shown, 0n))
      return { price: showAs(price, market.terms.tickSize), quantity, orders: those.length }
    })
  return { bids: levelsOf(market.buy), asks: levelsOf(market.sell) }
}

/** The earliest time at which an order expires. */
export function nextExpiryOf(s: NaiveState): number {
  return Math.min(...[...s.orders].map(({ expiresAt }) => expiresAt ?? Infinity))
}

/** Open orders market by market, bids then asks, then the waiting and the pending ones by number. */
function dumpOrders(s: NaiveState): OpenOrder[] {
  const open = [...s.markets.values()].flatMap(({ buy, sell }) => [...buy, ...sell])
  const others = [...s.orders].sort((a, b) => a.number - b.number)
  const waiting = others.filter(({ status }) => status === 'waiting')
  const pending = others.filter(({ status }) => status === 'pending')
  return [...open, ...waiting, ...pending].map(describeOrder)
}

function dumpFeeTiers(s: NaiveState): FeeTier[] {
  const tiers = [...s.feeTiers].sort(([a], [b]) => a - b)
  return tiers.flatMap(([, terms]) =>
    ['', ...s.markets.keys()].map((market) => terms.get(market)).filter((found) => found !== undefined),
  )
}

export function dumpOf(s: NaiveState): StateDump {
  const byAccount = (a: { account: number }, b: { account: number }): number => a.account - b.account
  return {
    seqNext: s.seqNext,
    markets: [...s.markets.values()].map(({ terms, lastPrice }) => ({
      ...terms,
      ...(lastPrice !== undefined && { lastPrice: showAs(lastPrice, terms.tickSize) }),
    })),
    balances: [...s.balances].flatMap(([account, assets]) =>
      [...assets].map(([asset, { available, held }]) => ({
        account,
        asset,
        available: show(available),
        held: show(held),
      })),
    ),
    orders: dumpOrders(s),
    lists: [...s.lists].map(({ number, id, market, account, kind, orders }) => ({
      list: number,
      id,
      market: market.name,
      account,
      kind,
      orders: orders.filter(({ status }) => status !== 'gone').map((order) => order.number),
    })),
    accounts: [...s.accounts.values()]
      .filter(({ feeTier, tradeGroup, discount }) => feeTier !== 0 || tradeGroup !== 0 || discount)
      .sort(byAccount),
    feeTiers: dumpFeeTiers(s),
    discounts: [...s.discounts.values()].sort((a, b) => (a.feeAsset < b.feeAsset ? -1 : 1)),
    guards: [...s.guards].map(([account, session]) => ({ account, session })).sort(byAccount),
  }
}
