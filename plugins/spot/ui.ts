import type { PluginManifest } from '@cambium/kernel'
import { spotActions } from './routes/search.ts'

/** What Spot adds to the portal and to the admin. */
export const spotUi: NonNullable<PluginManifest['ui']> = {
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
        page: 'markets',
        title: 'navigation.adminMarkets',
        section: 'products',
        order: 110,
        icon: 'i-lucide-chart-candlestick',
      },
      {
        page: 'orders',
        title: 'navigation.adminOrders',
        section: 'products',
        order: 111,
        icon: 'i-lucide-list-ordered',
      },
      {
        page: 'trades',
        title: 'navigation.adminTrades',
        section: 'products',
        order: 112,
        icon: 'i-lucide-arrow-left-right',
      },
    ],
    slots: [
      {
        slot: 'admin.user.tab@1',
        id: 'orders',
        title: 'pages.adminOrders.title',
        order: 100,
        component: 'SpotUserTab',
        permission: 'spot.orders.review',
      },
    ],
  },
}
