import type {
  MarketEvent,
  OrderAccepted,
  OrderAmended,
  OrderEnded,
  OrderStarted,
  OrderTraded,
  TradePrevented,
} from '@cambium/kernel'
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

type Moment = Pick<MarketEvent, 'seq' | 'time'>

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
      case 'triggered':
        change(event.orderId, (order) => ({ ...order, ...changedBy(event), status: 'open' }))
        break
      case 'activated':
        change(event.orderId, (order) => activatedOrder(order, event))
        break
      case 'amended':
        change(event.orderId, (order) => amendedOrder(order, event))
        break
      case 'prevented':
        change(event.takerOrderId, (order) => preventedOrder(order, event, event.takerPrevented))
        change(event.makerOrderId, (order) => preventedOrder(order, event, event.makerPrevented))
        break
      case 'canceled':
      case 'expired':
        change(event.orderId, (order) => endedOrder(order, event))
        break
    }
  }
  return { orders, fills }
}

function changedBy({ seq, time }: Moment): Pick<ProjectedOrder, 'seq' | 'updatedAt'> {
  return { seq, updatedAt: new Date(time).toISOString() }
}

function acceptedOrder(event: OrderAccepted): ProjectedOrder {
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
    quantity: event.quantity ?? '0',
    quoteQuantity: event.quoteQuantity,
    displayQuantity: event.displayQuantity,
    triggerPrice: event.triggerPrice,
    trailingBips: event.trailingBips,
    expiresAt: event.expiresAt === null ? null : new Date(event.expiresAt).toISOString(),
    listId: event.listId,
    filledQuantity: '0',
    leavesQuantity: event.quantity ?? '0',
    preventedQuantity: '0',
    filledNotional: '0',
    status: event.status,
    reason: null,
    acceptedSeq: event.seq,
    seq: event.seq,
    createdAt: time,
    updatedAt: time,
  }
}

/** A trade seen from its two orders. Each side pays its fee in what it receives, unless the event names another asset. */
function fillsOf(event: OrderTraded): readonly ProjectedFill[] {
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
      feeAssetId: event.takerFeeAssetId ?? (event.takerSide === 'buy' ? base : quote),
    },
    {
      ...both,
      orderId: event.makerOrderId,
      userId: event.makerUserId,
      side: makerSide,
      role: 'maker',
      fee: event.makerFee,
      feeAssetId: event.makerFeeAssetId ?? (makerSide === 'buy' ? base : quote),
    },
  ]
}

function isByQuote({ quoteQuantity }: ProjectedOrder): boolean {
  return quoteQuantity !== null
}

function filledOrder(order: ProjectedOrder, fill: ProjectedFill): ProjectedOrder {
  const filledQuantity = addDecimals(order.filledQuantity, fill.quantity)
  const leavesQuantity = isByQuote(order) ? '0' : subtractDecimals(order.leavesQuantity, fill.quantity)
  return {
    ...order,
    // One by quote quantity has no quantity but what it trades, and is over when its end says so.
    quantity: isByQuote(order) ? filledQuantity : order.quantity,
    filledQuantity,
    leavesQuantity,
    filledNotional: addDecimals(order.filledNotional, notional(fill.price, fill.quantity)),
    status: compareDecimals(leavesQuantity, '0') === 0 && !isByQuote(order) ? 'filled' : 'partiallyFilled',
    seq: fill.seq,
    updatedAt: fill.time,
  }
}

/** One that has a trigger to wait for goes on to wait. */
function activatedOrder(order: ProjectedOrder, event: OrderStarted): ProjectedOrder {
  const waits = order.type !== 'limit' && order.type !== 'market'
  return { ...order, ...changedBy(event), status: waits ? 'waiting' : 'open' }
}

function amendedOrder(order: ProjectedOrder, event: OrderAmended): ProjectedOrder {
  const { price, quantity, leavesQuantity } = event
  return { ...order, ...changedBy(event), price, quantity, leavesQuantity }
}

function preventedOrder(order: ProjectedOrder, event: TradePrevented, lost: string): ProjectedOrder {
  return {
    ...order,
    ...changedBy(event),
    leavesQuantity: subtractDecimals(order.leavesQuantity, lost),
    preventedQuantity: addDecimals(order.preventedQuantity, lost),
  }
}

function endedOrder(order: ProjectedOrder, event: OrderEnded): ProjectedOrder {
  // An order whose money is spent got all it asked for.
  const isFilled = event.event === 'expired' && event.reason === 'quote_spent'
  const end = isFilled
    ? ({ status: 'filled', reason: null } as const)
    : { status: event.event, reason: event.reason }
  return { ...order, ...changedBy(event), ...end }
}
