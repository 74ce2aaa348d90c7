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

const Part = Object({
  walletId: String({ description: 'One of `wallets`.' }),
  available: decimal,
  held: decimal,
})

export const AssetInWallets = Object({
  assetId: id,
  name: String(),
  price: Union([decimal, Null()]),
  total: decimal,
  worth: Union([decimal, Null()], {
    description: 'Null where nobody knows a price; it is not in the total.',
  }),
  parts: Array(Part, { description: 'Only wallets that have some.' }),
})
export type AssetInWallets = Static<typeof AssetInWallets>

export const WalletOverview = Object({
  id: String(),
  owner: String({ description: 'The plugin whose locales have the title, or `platform`.' }),
  title: String(),
  icon: String(),
  link: Union([String(), Null()]),
  worth: decimal,
})
export type WalletOverview = Static<typeof WalletOverview>

export const listWallets = route({
  action: 'valuation.wallets.list',
  rest: 'GET /valuation/wallets',
  summary: 'What you have, in all wallets, and what it is worth',
  description: 'All assets are listed, those you have nothing of too. Wallets of products are among them.',
  permission: 'signedIn',
  params: Object({}, { additionalProperties: false }),
  result: Object({
    quoteAssetId: id,
    at: timestamp,
    total: decimal,
    wallets: Array(WalletOverview),
    items: Array(AssetInWallets),
  }),
  errors: ['exchange.engine_unavailable'],
})

export const listWorthDays = route({
  action: 'valuation.days.list',
  rest: 'GET /valuation/days',
  summary: 'What you owned was worth at the end of the last 90 days',
  description: 'Oldest first, in UTC, without today. A day on which nothing was kept is missing.',
  permission: 'signedIn',
  params: Object({}, { additionalProperties: false }),
  result: Object({
    quoteAssetId: id,
    items: Array(Object({ day: String({ description: '`2026-11-23`' }), worth: decimal })),
  }),
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
