import { decimal, id, page, pageOf, route, side, timestamp } from '@cambium/kernel/contract'
import { exchangeRefusals } from '@cambium/kernel/exchange/routes'
import { Array, Boolean, Enum, Integer, Null, Object, Optional, String, Union, type Static } from 'typebox'
import { marketId } from './markets.ts'
import { spotRefusals } from './refusals.ts'

/** What an order can be placed with here. */
export const timeInForce = Enum(['GTC', 'IOC', 'FOK'])
export type TimeInForce = Static<typeof timeInForce>
export const orderStatus = Enum([
  'open',
  'partiallyFilled',
  'filled',
  'canceled',
  'expired',
  'rejected',
  /** For its trigger, and for the first order of its list to be filled. */
  'waiting',
  'pending',
] as const)
const orderType = Enum(['limit', 'market', 'stop', 'stopLimit', 'takeProfit', 'takeProfitLimit'])
const clientOrderId = String({ minLength: 1, maxLength: 36, pattern: '^[A-Za-z0-9._:-]+$' })

/** A trade seen from one order. The fee is taken from the asset received, unless it is paid in another. */
export const Fill = Object({
  tradeId: id,
  orderId: id,
  marketId,
  side,
  role: Enum(['maker', 'taker']),
  price: decimal,
  quantity: decimal,
  fee: decimal,
  feeAssetId: id,
  seq: Integer(),
  time: timestamp,
})
export type Fill = Static<typeof Fill>

export const Order = Object({
  id,
  clientOrderId: String(),
  marketId,
  side,
  type: orderType,
  timeInForce: Enum(['GTC', 'IOC', 'FOK', 'GTD']),
  isPostOnly: Boolean(),
  /** Null for an order at any price. */
  price: Union([decimal, Null()]),
  /** Of an order by quote quantity, what it has traded. */
  quantity: decimal,
  quoteQuantity: Union([decimal, Null()]),
  /** Of one that shows only a part of itself at a time. */
  displayQuantity: Union([decimal, Null()]),
  triggerPrice: Union([decimal, Null()]),
  trailingBips: Union([Integer(), Null()]),
  expiresAt: Union([timestamp, Null()]),
  listId: Union([id, Null()]),
  filledQuantity: decimal,
  leavesQuantity: decimal,
  /** What self-trade prevention took of it. */
  preventedQuantity: decimal,
  /** What was paid or received so far, in the quote asset and before fees. */
  filledNotional: decimal,
  status: orderStatus,
  /** Why it ended without being filled; null otherwise. */
  reason: Union([String(), Null()]),
  /** Of the event that changed it last: a later one wins. */
  seq: Integer(),
  createdAt: timestamp,
  updatedAt: timestamp,
})
export type Order = Static<typeof Order>

export const PlacedFill = Object({
  tradeId: id,
  price: decimal,
  quantity: decimal,
  fee: decimal,
  feeAssetId: id,
  role: Enum(['maker', 'taker']),
})

export const PlacedOrder = Object({
  orderId: id,
  clientOrderId: String(),
  status: orderStatus,
  filledQuantity: decimal,
  leavesQuantity: decimal,
  fills: Array(PlacedFill),
  seq: Integer(),
  time: timestamp,
})
export type PlacedOrder = Static<typeof PlacedOrder>

export const placeOrder = route({
  action: 'spot.orders.place',
  rest: 'POST /spot/orders',
  summary: 'Place a limit or a market order',
  description:
    'Answered after the order is on disk and matched; `fills` are what it traded at once. ' +
    'A limit order needs a price and rests unless `timeInForce` is IOC or FOK.',
  permission: 'spot.orders.write',
  scope: 'trade',
  params: Object(
    {
      marketId,
      clientOrderId: Optional(clientOrderId),
      side,
      type: Enum(['limit', 'market']),
      quantity: decimal,
      price: Optional(decimal),
      timeInForce: Optional(timeInForce),
      isPostOnly: Optional(Boolean()),
    },
    { additionalProperties: false },
  ),
  result: PlacedOrder,
  errors: [
    spotRefusals.market_not_found.code,
    exchangeRefusals.insufficient_funds.code,
    exchangeRefusals.market_halted.code,
    exchangeRefusals.market_cancel_only.code,
    exchangeRefusals.market_pre_open.code,
    exchangeRefusals.price_off_tick.code,
    exchangeRefusals.price_out_of_range.code,
    exchangeRefusals.quantity_off_lot.code,
    exchangeRefusals.quantity_out_of_range.code,
    exchangeRefusals.notional_below_min.code,
    exchangeRefusals.would_match.code,
    exchangeRefusals.post_only_must_be_gtc.code,
    exchangeRefusals.duplicate_id.code,
    exchangeRefusals.engine_unavailable.code,
  ],
  idempotency: 'handler',
})

export const cancelOrder = route({
  action: 'spot.orders.cancel',
  rest: 'DELETE /spot/orders/:orderId',
  summary: 'Cancel an open order',
  permission: 'spot.orders.write',
  scope: 'trade',
  params: Object({ orderId: id }, { additionalProperties: false }),
  result: Object({ seq: Integer() }),
  errors: [
    spotRefusals.order_not_found.code,
    exchangeRefusals.order_not_found.code,
    exchangeRefusals.market_halted.code,
    exchangeRefusals.engine_unavailable.code,
  ],
  idempotency: 'handler',
})

export const cancelAllOrders = route({
  action: 'spot.orders.cancelAll',
  rest: 'DELETE /spot/orders',
  summary: 'Cancel all own open orders, of one market or of all',
  permission: 'spot.orders.write',
  scope: 'trade',
  params: Object({ marketId: Optional(marketId) }, { additionalProperties: false }),
  result: Object({ seq: Integer(), canceled: Integer() }),
  errors: [spotRefusals.market_not_found.code, exchangeRefusals.market_halted.code],
  idempotency: 'handler',
})

export const amendOrder = route({
  action: 'spot.orders.amend',
  rest: 'PATCH /spot/orders/:orderId',
  summary: 'Change the price or the quantity of an open order',
  description:
    '`quantity` is the new whole quantity. A lower one at the same price keeps the order’s place in the book; any other ' +
    'change gives it a new one, and `fills` are what it traded on the way.',
  permission: 'spot.orders.write',
  scope: 'trade',
  params: Object(
    { orderId: id, price: Optional(decimal), quantity: Optional(decimal) },
    { additionalProperties: false },
  ),
  result: Object({
    ...PlacedOrder.properties,
    price: decimal,
    quantity: decimal,
    keepsPriority: Boolean(),
  }),
  errors: [
    spotRefusals.order_not_found.code,
    exchangeRefusals.order_not_found.code,
    exchangeRefusals.order_not_amendable.code,
    exchangeRefusals.quantity_below_filled.code,
    exchangeRefusals.insufficient_funds.code,
    exchangeRefusals.would_match.code,
    exchangeRefusals.engine_unavailable.code,
  ],
  idempotency: 'handler',
})

export const listOrders = route({
  action: 'spot.orders.list',
  rest: 'GET /spot/orders',
  summary: 'Own orders, newest first',
  description: 'True at once: shows every order this user was answered for.',
  permission: 'spot.orders.read',
  scope: 'read',
  params: Object(
    { ...page, marketId: Optional(marketId), state: Optional(Enum(['open', 'closed'])) },
    { additionalProperties: false },
  ),
  result: pageOf(Order),
  errors: [spotRefusals.cursor_malformed.code],
})

export const showOrder = route({
  action: 'spot.orders.show',
  rest: 'GET /spot/orders/:orderId',
  summary: 'One own order with its fills',
  permission: 'spot.orders.read',
  scope: 'read',
  params: Object({ orderId: id }, { additionalProperties: false }),
  result: Object({ order: Order, fills: Array(Fill) }),
  errors: [spotRefusals.order_not_found.code],
})

export const ReviewedOrder = Object({ ...Order.properties, userId: id })
export type ReviewedOrder = Static<typeof ReviewedOrder>

export const reviewOrders = route({
  action: 'spot.orders.review',
  rest: 'GET /spot/review/orders',
  summary: 'Orders of all users, newest first, for the operator',
  permission: 'spot.orders.review',
  params: Object(
    { ...page, marketId: Optional(marketId), userId: Optional(id), status: Optional(orderStatus) },
    { additionalProperties: false },
  ),
  result: pageOf(ReviewedOrder),
  errors: [spotRefusals.cursor_malformed.code],
})
