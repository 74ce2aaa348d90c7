import { decimal, id, route, timestamp } from '@cambium/kernel/contract'
import { exchangeRefusals } from '@cambium/kernel/exchange/routes'
import { Array, Enum, Integer, Object, Optional, String, type Static } from 'typebox'
import { spotRefusals } from './refusals.ts'

const feeRatePpm = Integer({ minimum: 0, maximum: 100_000 })
const sortOrder = Integer({ minimum: 0, maximum: 1_000_000 })

/** A market's id is its two assets, base first: `BTC-USDT`. */
export const marketId = String({ pattern: '^[A-Z0-9]{1,16}-[A-Z0-9]{1,16}$' })

/** `preOpen` collects orders for an auction, `cancelOnly` takes no new ones, `halted` not even cancels. */
const marketState = Enum(['preOpen', 'trading', 'cancelOnly', 'halted'])

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
  state: marketState,
  sortOrder,
  /** Counts the changes of its rules. */
  revision: Integer(),
  createdAt: timestamp,
})
export type Market = Static<typeof Market>

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
      tickSize: decimal,
      lotSize: decimal,
      notionalMin: decimal,
      makerFeePpm: feeRatePpm,
      takerFeePpm: feeRatePpm,
      state: Optional(marketState),
      sortOrder: Optional(sortOrder),
    },
    { additionalProperties: false },
  ),
  result: Market,
  errors: [
    spotRefusals.market_already_exists.code,
    exchangeRefusals.assets_must_be_different.code,
    exchangeRefusals.asset_not_found.code,
    exchangeRefusals.market_sizes_must_be_positive.code,
    exchangeRefusals.scale_too_small.code,
    exchangeRefusals.market_must_match.code,
  ],
})

export const updateMarket = route({
  action: 'spot.markets.update',
  rest: 'PATCH /spot/markets/:marketId',
  summary: 'Change a market’s rules',
  description: 'What is left out stays. A market keeps its assets, tick size and lot size for life.',
  permission: 'spot.markets.manage',
  params: Object(
    {
      marketId,
      notionalMin: Optional(decimal),
      makerFeePpm: Optional(feeRatePpm),
      takerFeePpm: Optional(feeRatePpm),
      sortOrder: Optional(sortOrder),
      revision: Optional(Integer({ description: 'Of what was read: another one is refused.' })),
    },
    { additionalProperties: false },
  ),
  result: Market,
  errors: [spotRefusals.market_not_found.code, spotRefusals.changed_meanwhile.code],
})

export const haltMarket = route({
  action: 'spot.markets.halt',
  rest: 'POST /spot/markets/:marketId/halt',
  summary: 'Stop trading in a market',
  description:
    'New orders are refused; open orders stay and can be canceled, unless `state` is `halted`: then they cannot.',
  permission: 'spot.markets.manage',
  params: Object(
    { marketId, state: Optional(Enum(['cancelOnly', 'halted'])) },
    { additionalProperties: false },
  ),
  result: Market,
  errors: [spotRefusals.market_not_found.code],
})

export const preOpenMarket = route({
  action: 'spot.markets.preOpen',
  rest: 'POST /spot/markets/:marketId/pre-open',
  summary: 'Collect orders for an opening auction',
  description: 'Limit orders are taken and not matched; resuming trades them all at one price.',
  permission: 'spot.markets.manage',
  params: Object({ marketId }, { additionalProperties: false }),
  result: Market,
  errors: [spotRefusals.market_not_found.code],
})

export const resumeMarket = route({
  action: 'spot.markets.resume',
  rest: 'POST /spot/markets/:marketId/resume',
  summary: 'Let a market trade',
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

/** An asset a market can be opened in. */
export const MarketAsset = Object({ id, name: String(), tradingScale: Integer({ minimum: 0 }) })
export type MarketAsset = Static<typeof MarketAsset>

export const listMarketAssets = route({
  action: 'spot.markets.assets',
  rest: 'GET /spot/review/assets',
  summary: 'The assets a market can be opened in',
  permission: 'spot.markets.manage',
  params: Object({}, { additionalProperties: false }),
  result: Object({ items: Array(MarketAsset) }),
  errors: [],
})
