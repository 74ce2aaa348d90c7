import type { MarketEvent } from '@cambium/kernel'
import { addDecimals, assetsOf, compareDecimals, notional, subtractDecimals } from '../routes/market-rules.ts'
import type { Fill, ReviewedOrder } from '../routes/orders.ts'

/** An order as the projection keeps it. Lists are ordered by the sequence that accepted it. */
export type ProjectedOrder = ReviewedOrder & { readonly acceptedSeq: number }
export type ProjectedFill = Fill & { readonly userId: string }

export interface Projection {
  /** Orders the events changed, in their newest state. */
  readonly orders: ReadonlyMap<string, ProjectedOrder>
  readonly fills: readonly ProjectedFill[]
}

type Accepted = Extract<MarketEvent, { event: 'accepted' }>
type Traded = Extract<MarketEvent, { event: 'trade' }>
type Ended = Extract<MarketEvent, { event: 'canceled' | 'expired' }>

/**
 * Folds engine events into orders and fills. `known` holds the stored orders the events speak of; the same
 * events over the same orders always give the same projection, so it can be rebuilt from the first event.
 */
export function projectEvents(
  known: ReadonlyMap<string, ProjectedOrder>,
  events: readonly MarketEvent[],
): Projection {
  const orders = new Map<string, ProjectedOrder>()
  const fills: ProjectedFill[] = []

  function change(orderId: string, next: (order: ProjectedOrder) => ProjectedOrder): void {
    const order = orders.get(orderId) ?? known.get(orderId)
    if (!order) throw new Error(`order ${orderId} has an event but was never accepted`)
    orders.set(orderId, next(order))
  }

  for (const event of events) {
    switch (event.event) {
      case 'accepted':
        orders.set(event.orderId, acceptedOrder(event))
        break
      case 'trade':
        for (const fill of fillsOf(event)) {
          change(fill.orderId, (order) => filledOrder(order, fill))
          fills.push(fill)
        }
        break
      case 'canceled':
      case 'expired':
        change(event.orderId, (order) => endedOrder(order, event))
        break
    }
  }
  return { orders, fills }
}

function acceptedOrder(event: Accepted): ProjectedOrder {
  const time = new Date(event.time).toISOString()
  return {
    id: event.orderId,
    clientOrderId: event.clientOrderId,
    marketId: event.marketId,
    userId: event.userId,
    side: event.side,
    type: event.type,
    timeInForce: event.timeInForce,
    isPostOnly: event.isPostOnly,
    price: event.price,
    quantity: event.quantity,
    filledQuantity: '0',
    leavesQuantity: event.quantity,
    filledNotional: '0',
    status: 'open',
    reason: null,
    acceptedSeq: event.seq,
    seq: event.seq,
    createdAt: time,
    updatedAt: time,
  }
}

/** A trade seen from its two orders. Each side pays its fee in what it receives. */
function fillsOf(event: Traded): readonly ProjectedFill[] {
  const { base, quote } = assetsOf(event.marketId)
  const makerSide = event.takerSide === 'buy' ? 'sell' : 'buy'
  const both = {
    tradeId: event.tradeId,
    marketId: event.marketId,
    price: event.price,
    quantity: event.quantity,
    seq: event.seq,
    time: new Date(event.time).toISOString(),
  }
  return [
    {
      ...both,
      orderId: event.takerOrderId,
      userId: event.takerUserId,
      side: event.takerSide,
      role: 'taker',
      fee: event.takerFee,
      feeAssetId: event.takerSide === 'buy' ? base : quote,
    },
    {
      ...both,
      orderId: event.makerOrderId,
      userId: event.makerUserId,
      side: makerSide,
      role: 'maker',
      fee: event.makerFee,
      feeAssetId: makerSide === 'buy' ? base : quote,
    },
  ]
}

function filledOrder(order: ProjectedOrder, fill: ProjectedFill): ProjectedOrder {
  const leavesQuantity = subtractDecimals(order.leavesQuantity, fill.quantity)
  return {
    ...order,
    filledQuantity: addDecimals(order.filledQuantity, fill.quantity),
    leavesQuantity,
    filledNotional: addDecimals(order.filledNotional, notional(fill.price, fill.quantity)),
    status: compareDecimals(leavesQuantity, '0') === 0 ? 'filled' : 'partiallyFilled',
    seq: fill.seq,
    updatedAt: fill.time,
  }
}

function endedOrder(order: ProjectedOrder, event: Ended): ProjectedOrder {
  return {
    ...order,
    status: event.event,
    reason: event.reason,
    seq: event.seq,
    updatedAt: new Date(event.time).toISOString(),
  }
}
