import { decimal, id, route, timestamp } from '@cambium/kernel/contract'
import { Array, Enum, Integer, Object, Optional, String, type Static } from 'typebox'
import { spotRefusals } from './refusals.ts'

const feeRatePpm = Integer({ minimum: 0, maximum: 100_000 })
const sortOrder = Integer({ minimum: 0, maximum: 1_000_000 })

/** A market's id is its two assets, base first: `BTC-USDT`. */
export const marketId = String({ pattern: '^[A-Z0-9]{1,16}-[A-Z0-9]{1,16}$' })

export const Market = Object({
  id: marketId,
  baseAssetId: id,
  quoteAssetId: id,
  tickSize: decimal,
  lotSize: decimal,
  /** The smallest price × quantity of an order, in the quote asset. */
  notionalMin: decimal,
  makerFeePpm: feeRatePpm,
  takerFeePpm: feeRatePpm,
  state: Enum(['trading', 'halted']),
  sortOrder,
  createdAt: timestamp,
})
export type Market = Static<typeof Market>

const rules = {
  tickSize: decimal,
  lotSize: decimal,
  notionalMin: decimal,
  makerFeePpm: feeRatePpm,
  takerFeePpm: feeRatePpm,
}

export const listMarkets = route({
  action: 'spot.markets.list',
  rest: 'GET /spot/markets',
  summary: 'All markets, in the order the operator gave them',
  permission: 'public',
  params: Object({}, { additionalProperties: false }),
  result: Object({ items: Array(Market) }),
  errors: [],
})

export const showMarket = route({
  action: 'spot.markets.show',
  rest: 'GET /spot/markets/:marketId',
  summary: 'One market and its rules',
  permission: 'public',
  params: Object({ marketId }, { additionalProperties: false }),
  result: Market,
  errors: [spotRefusals.market_not_found.code],
})

export const createMarket = route({
  action: 'spot.markets.create',
  rest: 'POST /spot/markets',
  summary: 'Open a market between two assets',
  description: 'The market starts halted unless `state` says otherwise.',
  permission: 'spot.markets.manage',
  params: Object(
    {
      baseAssetId: String({ pattern: '^[A-Z0-9]{1,16}$' }),
      quoteAssetId: String({ pattern: '^[A-Z0-9]{1,16}$' }),
      ...rules,
      state: Optional(Enum(['trading', 'halted'])),
      sortOrder: Optional(sortOrder),
    },
    { additionalProperties: false },
  ),
  result: Market,
  errors: [
    spotRefusals.market_already_exists.code,
    spotRefusals.market_assets_must_be_different.code,
    spotRefusals.asset_not_found.code,
    spotRefusals.step_must_be_positive.code,
    spotRefusals.step_too_fine.code,
    spotRefusals.lot_too_fine.code,
  ],
})

export const updateMarket = route({
  action: 'spot.markets.update',
  rest: 'PATCH /spot/markets/:marketId',
  summary: 'Change a market’s rules',
  description: 'What is left out stays. Tick and lot size can only change while no order is open.',
  permission: 'spot.markets.manage',
  params: Object(
    {
      marketId,
      tickSize: Optional(decimal),
      lotSize: Optional(decimal),
      notionalMin: Optional(decimal),
      makerFeePpm: Optional(feeRatePpm),
      takerFeePpm: Optional(feeRatePpm),
      sortOrder: Optional(sortOrder),
    },
    { additionalProperties: false },
  ),
  result: Market,
  errors: [
    spotRefusals.market_not_found.code,
    spotRefusals.market_has_open_orders.code,
    spotRefusals.step_must_be_positive.code,
    spotRefusals.step_too_fine.code,
    spotRefusals.lot_too_fine.code,
  ],
})

export const haltMarket = route({
  action: 'spot.markets.halt',
  rest: 'POST /spot/markets/:marketId/halt',
  summary: 'Stop trading in a market',
  description: 'New orders are refused; open orders stay and can be canceled.',
  permission: 'spot.markets.manage',
  params: Object({ marketId }, { additionalProperties: false }),
  result: Market,
  errors: [spotRefusals.market_not_found.code],
})

export const resumeMarket = route({
  action: 'spot.markets.resume',
  rest: 'POST /spot/markets/:marketId/resume',
  summary: 'Let a halted market trade again',
  permission: 'spot.markets.manage',
  params: Object({ marketId }, { additionalProperties: false }),
  result: Market,
  errors: [spotRefusals.market_not_found.code],
})

export const MarketActivity = Object({ marketId, openOrders: Integer({ minimum: 0 }) })
export type MarketActivity = Static<typeof MarketActivity>

export const listMarketActivity = route({
  action: 'spot.markets.activity',
  rest: 'GET /spot/review/markets',
  summary: 'How busy each market is, for the operator',
  permission: 'spot.markets.manage',
  params: Object({}, { additionalProperties: false }),
  result: Object({ items: Array(MarketActivity) }),
  errors: [],
})
