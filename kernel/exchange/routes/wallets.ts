import { decimal, id, pageOf, route, timestamp } from '../../contract/index.ts'
import { Array, Enum, Integer, Object, Optional, String, type Static } from 'typebox'

const wallet = Enum(['funding', 'spot'])

export const Transfer = Object({
  id,
  assetId: id,
  amount: decimal,
  from: wallet,
  to: wallet,
  state: Enum(['open', 'done', 'refused']),
  createdAt: timestamp,
})
export type Transfer = Static<typeof Transfer>

export const createTransfer = route({
  action: 'exchange.transfers.create',
  rest: 'POST /exchange/transfers',
  summary: 'Move funds between the funding and the spot wallet',
  description:
    'Answers `open` when the other wallet does not show it yet; it arrives by itself. Where markets are matched by several ' +
    'engines each has spot wallets of its own: `fromMarketId` and `toMarketId` name one by a market, and `spot` to `spot` ' +
    'moves funds from one to another. What the second then refuses is in the funding wallet.',
  permission: 'signedIn',
  scope: 'transfer',
  params: Object(
    {
      assetId: id,
      amount: decimal,
      from: wallet,
      to: wallet,
      fromMarketId: Optional(id),
      toMarketId: Optional(id),
    },
    { additionalProperties: false },
  ),
  result: Transfer,
  errors: [
    'ledger.insufficient_funds',
    'exchange.insufficient_funds',
    'exchange.asset_not_found',
    'exchange.market_not_found',
    'exchange.amount_must_be_positive',
    'exchange.amount_off_scale',
    'exchange.overflow',
    'exchange.wallets_must_be_different',
    'exchange.idempotency_conflict',
    'exchange.engine_unavailable',
  ],
  idempotency: 'required',
})

export const listTransfers = route({
  action: 'exchange.transfers.list',
  rest: 'GET /exchange/transfers',
  summary: 'List your own transfers, newest first',
  permission: 'signedIn',
  scope: 'read',
  params: Object({ limit: Optional(Integer({ minimum: 1, maximum: 500 })) }, { additionalProperties: false }),
  result: pageOf(Transfer),
  errors: [],
})

export const AssetBalances = Object({
  assetId: id,
  name: String(),
  funding: Object({ available: decimal, held: decimal }),
  spot: Object({
    available: decimal,
    held: decimal,
    /** How much of it each engine has; absent where there is one. */
    shards: Optional(Array(Object({ shard: String(), available: decimal, held: decimal }))),
  }),
})
export type AssetBalances = Static<typeof AssetBalances>

export const listBalances = route({
  action: 'exchange.balances.list',
  rest: 'GET /exchange/balances',
  summary: 'List what you have, in both wallets',
  permission: 'signedIn',
  scope: 'read',
  params: Object({}, { additionalProperties: false }),
  result: Object({ items: Array(AssetBalances) }),
  errors: ['exchange.engine_unavailable'],
})

export const createFunding = route({
  action: 'exchange.fundings.create',
  rest: 'POST /exchange/fundings',
  summary: 'Fund a user’s wallet from outside',
  description: 'Pays from `external:operator`. The reason is kept with the journal entry.',
  permission: 'exchange.fundings.create',
  params: Object(
    {
      userId: id,
      assetId: id,
      amount: decimal,
      wallet,
      /** Names the spot wallet of its engine. */
      marketId: Optional(id),
      reason: String({ minLength: 3, maxLength: 200 }),
    },
    { additionalProperties: false },
  ),
  result: Object({ userId: id, assetId: id, amount: decimal, wallet }),
  errors: [
    'exchange.asset_not_found',
    'exchange.market_not_found',
    'exchange.amount_off_scale',
    'exchange.overflow',
    'ledger.amount_must_be_positive',
    'ledger.idempotency_conflict',
    'exchange.engine_unavailable',
  ],
  idempotency: 'required',
})
