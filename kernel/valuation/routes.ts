import { Array, Null, Object, Optional, String, Union } from 'typebox'
import { decimal, id, route, timestamp } from '../contract/index.ts'
import { filtersRefusals } from '../filters/routes.ts'

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
