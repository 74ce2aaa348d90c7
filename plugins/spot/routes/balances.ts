import { decimal, id, route } from '@cambium/kernel/contract'
import { Array, Object, type Static } from 'typebox'

/** What a user can trade with. `held` backs open orders. */
export const Balance = Object({ assetId: id, available: decimal, held: decimal })
export type Balance = Static<typeof Balance>

export const listBalances = route({
  action: 'spot.balances.list',
  rest: 'GET /spot/balances',
  summary: 'The own spot wallet',
  permission: 'spot.orders.read',
  params: Object({}, { additionalProperties: false }),
  result: Object({ items: Array(Balance) }),
  errors: [],
})
