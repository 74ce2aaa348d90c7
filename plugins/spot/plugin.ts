import { definePlugin } from '@cambium/kernel'
import { listBalances } from './routes/balances.ts'
import { spotChannels } from './routes/channels.ts'
import { orderFilled } from './routes/events.ts'
import { listCandles, listTickers, showBook } from './routes/market-data.ts'
import * as markets from './routes/markets.ts'
import * as orders from './routes/orders.ts'
import { spotActions, spotActivity, spotSearch, spotSteps } from './routes/search.ts'
import { spotSettings } from './routes/settings.ts'
import { listFills, listTrades, reviewTrades } from './routes/trades.ts'

export const plugin = definePlugin({
  id: 'spot',
  version: '0.1.0',
  kernel: '^0.1.0',
  name: 'Spot',
  summary: 'Markets, orders and live order books for trading one asset against another.',
  description:
    'Users trade assets they own, at once or at their price. Every order is checked, matched and stored by the ' +
    'engine before it is answered, and every trade is settled into the ledger exactly once.\n\n' +
    'Operators open markets, set their tick and lot size and fees, and can halt a market at any time.',
  publisher: 'Cambium',
  category: 'trading',
  icon: 'i-lucide-chart-candlestick',
  grants: {
    ledgerAccounts: ['fees:spot'],
    engineMarkets: true,
    houseAccounts: true,
    filters: ['assets.price@1'],
    sockets: true,
  },
  permissions: [
    { id: 'spot.orders.read', title: 'See own orders, fills and spot balances', roles: ['user', 'admin'] },
    { id: 'spot.orders.write', title: 'Place, amend and cancel own orders', roles: ['user', 'admin'] },
    { id: 'spot.orders.review', title: 'See the orders and trades of all users', roles: ['admin'] },
    { id: 'spot.markets.manage', title: 'Create, change, halt and resume markets', roles: ['admin'] },
  ],
  settings: spotSettings,
  accounts: [{ id: 'fees:spot', title: 'Fees of spot trades' }],
  notices: [{ kind: 'spot.orderFilled', title: 'notices.kinds.orderFilled' }],
  routes: [
    markets.listMarkets,
    markets.showMarket,
    markets.createMarket,
    markets.updateMarket,
    markets.haltMarket,
    markets.preOpenMarket,
    markets.resumeMarket,
    markets.listMarketActivity,
    markets.listMarketAssets,
    orders.placeOrder,
    orders.cancelOrder,
    orders.cancelAllOrders,
    orders.amendOrder,
    orders.listOrders,
    orders.showOrder,
    orders.reviewOrders,
    listTrades,
    listFills,
    reviewTrades,
    showBook,
    listCandles,
    listTickers,
    listBalances,
  ],
  channels: spotChannels,
  events: { emits: [orderFilled], listens: [orderFilled.name] },
  ...{ activity: spotActivity, search: spotSearch },
  onboarding: spotSteps,
  sockets: [{ name: 'spot.stream', path: '/spot/stream', title: 'Books and trades', permission: 'public' }],
  strategies: [{ point: 'assets.price@1', id: 'spot.lastTrade', title: 'Last trade on a spot market' }],
  ui: {
    portal: {
      pages: [
        {
          id: 'markets',
          path: '/markets',
          title: 'pages.markets.title',
          component: 'SpotMarketsPage',
          help: 'pages.markets.help',
        },
        {
          id: 'trade',
          path: '/trade/:marketId?',
          title: 'pages.trade.title',
          component: 'SpotTradePage',
          help: 'pages.trade.help',
          layout: 'wide',
        },
      ],
      navigation: [
        {
          page: 'markets',
          title: 'navigation.markets',
          icon: 'i-lucide-chart-line',
          section: 'trade',
          order: 110,
        },
        {
          page: 'trade',
          title: 'navigation.trade',
          icon: 'i-lucide-chart-candlestick',
          section: 'trade',
          order: 120,
        },
      ],
      actions: spotActions,
      slots: [
        {
          slot: 'portal.dashboard@1',
          id: 'markets',
          title: 'card.title',
          component: 'SpotMarketsCard',
          order: 200,
        },
        { slot: 'portal.landing.markets@1', id: 'markets', component: 'SpotMarketsCard', order: 100 },
        { slot: 'portal.asset.price@1', id: 'day', component: 'SpotAssetDay', order: 100 },
        { slot: 'portal.asset.chart@1', id: 'chart', component: 'SpotAssetChart', order: 100 },
        { slot: 'portal.asset.action@1', id: 'trade', component: 'SpotAssetAction', order: 100 },
        { slot: 'portal.fees@1', id: 'fees', component: 'SpotFees', order: 100 },
      ],
    },
    admin: {
      pages: [
        {
          id: 'markets',
          path: '/spot/markets',
          title: 'pages.adminMarkets.title',
          component: 'SpotAdminMarketsPage',
          permission: 'spot.markets.manage',
        },
        {
          id: 'market',
          path: '/spot/markets/:marketId',
          title: 'pages.adminMarket.title',
          component: 'SpotAdminMarketPage',
          permission: 'spot.markets.manage',
        },
        {
          id: 'orders',
          path: '/spot/orders',
          title: 'pages.adminOrders.title',
          component: 'SpotAdminOrdersPage',
          permission: 'spot.orders.review',
        },
        {
          id: 'trades',
          path: '/spot/trades',
          title: 'pages.adminTrades.title',
          component: 'SpotAdminTradesPage',
          permission: 'spot.orders.review',
        },
      ],
      navigation: [
        {
          ...{ page: 'markets', title: 'navigation.adminMarkets', section: 'products', order: 110 },
          icon: 'i-lucide-chart-candlestick',
        },
        {
          ...{ page: 'orders', title: 'navigation.adminOrders', section: 'products', order: 111 },
          icon: 'i-lucide-list-ordered',
        },
        {
          ...{ page: 'trades', title: 'navigation.adminTrades', section: 'products', order: 112 },
          icon: 'i-lucide-arrow-left-right',
        },
      ],
      slots: [
        {
          ...{ slot: 'admin.user.tab@1', id: 'orders', title: 'pages.adminOrders.title', order: 100 },
          ...{ component: 'SpotUserTab', permission: 'spot.orders.review' },
        },
      ],
    },
  },
})
