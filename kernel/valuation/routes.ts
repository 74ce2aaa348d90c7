import { Array, Integer, Null, Object, Optional, String, Union, type Static } from 'typebox'
import { decimal, id, route, timestamp } from '../contract/index.ts'
import { filtersRefusals } from '../filters/routes.ts'

export const PricedAsset = Object({
  assetId: id,
  name: String(),
  scale: Integer({ description: 'Decimals of the smallest unit it is counted in.' }),
  price: Union([decimal, Null()], { description: 'Null where nobody knows one.' }),
})
export type PricedAsset = Static<typeof PricedAsset>

export const listAssets = route({
  action: 'valuation.assets.list',
  rest: 'GET /valuation/assets',
  summary: 'All assets with what one of each is worth',
  description:
    'Prices come from whoever the operator chose at the point `assets.price@1`, and are a few seconds old at most.',
  permission: 'public',
  params: Object({}, { additionalProperties: false }),
  result: Object({ quoteAssetId: id, at: timestamp, items: Array(PricedAsset) }),
  errors: [],
})

export const showWorth = route({
  action: 'valuation.balances.show',
  rest: 'GET /valuation/balances',
  summary: 'What the own balances are worth in one asset',
  description: 'Prices come from whoever the operator chose at the point `assets.price@1`.',
  permission: 'signedIn',
  params: Object({ quoteAssetId: Optional(id) }, { additionalProperties: false }),
  result: Object({
    quoteAssetId: id,
    total: decimal,
    at: timestamp,
    items: Array(
      Object({
        assetId: id,
        amount: decimal,
        price: Union([decimal, Null()]),
        worth: Union([decimal, Null()], {
          description: 'Null where nobody knows a price; it is not in the total.',
        }),
      }),
    ),
  }),
  errors: [filtersRefusals.strategy_missing.code, filtersRefusals.strategy_failed.code],
})
