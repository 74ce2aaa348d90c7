import { decimal, id, page, pageOf, route, side, timestamp } from '@cambium/kernel/contract'
import { Array, Integer, Object, Optional, type Static } from 'typebox'
import { marketId } from './markets.ts'
import { Fill } from './orders.ts'
import { spotRefusals } from './refusals.ts'

/** A trade as everybody may see it. `takerSide` is the side that crossed the spread. */
export const Trade = Object({
  tradeId: id,
  marketId,
  price: decimal,
  quantity: decimal,
  takerSide: side,
  seq: Integer(),
  /** Milliseconds since the epoch. */
  time: Integer(),
})
export type Trade = Static<typeof Trade>

export const listTrades = route({
  action: 'spot.trades.list',
  rest: 'GET /spot/markets/:marketId/trades',
  summary: 'The latest trades of a market, newest first',
  permission: 'public',
  params: Object(
    {
      marketId,
      limit: Optional(Integer({ minimum: 1, maximum: 500 })),
      beforeSeq: Optional(Integer({ minimum: 1 })),
    },
    { additionalProperties: false },
  ),
  result: Object({ items: Array(Trade) }),
  errors: [spotRefusals.market_not_found.code],
})

export const listFills = route({
  action: 'spot.fills.list',
  rest: 'GET /spot/fills',
  summary: 'Own fills, newest first',
  permission: 'spot.orders.read',
  scope: 'read',
  params: Object({ ...page, marketId: Optional(marketId) }, { additionalProperties: false }),
  result: pageOf(Fill),
  errors: [spotRefusals.cursor_malformed.code],
})

/** A trade with both parties, as the operator sees it. */
export const ReviewedTrade = Object({
  tradeId: id,
  marketId,
  price: decimal,
  quantity: decimal,
  takerSide: side,
  takerUserId: id,
  makerUserId: id,
  takerOrderId: id,
  makerOrderId: id,
  takerFee: decimal,
  makerFee: decimal,
  takerFeeAssetId: id,
  makerFeeAssetId: id,
  seq: Integer(),
  time: timestamp,
})
export type ReviewedTrade = Static<typeof ReviewedTrade>

export const reviewTrades = route({
  action: 'spot.trades.review',
  rest: 'GET /spot/review/trades',
  summary: 'Trades with both parties, newest first, for the operator',
  permission: 'spot.orders.review',
  params: Object(
    { ...page, marketId: Optional(marketId), userId: Optional(id) },
    { additionalProperties: false },
  ),
  result: pageOf(ReviewedTrade),
  errors: [spotRefusals.cursor_malformed.code],
})
