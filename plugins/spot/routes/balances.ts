import { decimal, id, route } from '@cambium/kernel/contract'
import { exchangeRefusals } from '@cambium/kernel/exchange/routes'
import { Array, Object, Optional, String, type Static } from 'typebox'
import { marketId } from './markets.ts'

/** What a user can trade with. `held` backs open orders. */
export const Balance = Object({
  assetId: id,
  available: decimal,
  held: decimal,
  /** How much of it each engine has; absent where there is one. */
  shards: Optional(Array(Object({ shard: String(), available: decimal, held: decimal }))),
})
export type Balance = Static<typeof Balance>

export const listBalances = route({
  action: 'spot.balances.list',
  rest: 'GET /spot/balances',
  summary: 'The own spot wallet',
  permission: 'spot.orders.read',
  scope: 'read',
  description: 'With a market, only what its orders are paid from, where markets have engines of their own.',
  params: Object({ marketId: Optional(marketId) }, { additionalProperties: false }),
  result: Object({ items: Array(Balance) }),
  errors: [exchangeRefusals.market_not_found.code, exchangeRefusals.engine_unavailable.code],
})
