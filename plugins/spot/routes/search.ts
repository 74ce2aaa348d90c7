import type { ActivityKind, PluginManifest } from '@cambium/kernel'

export const spotActivity: readonly ActivityKind[] = [
  { kind: 'spot.order', title: 'activity.orders', icon: 'i-lucide-chart-candlestick' },
]

export const spotSearch: NonNullable<PluginManifest['search']> = [
  { id: 'spot.markets', title: 'search.markets', app: 'portal', order: 10 },
  {
    id: 'spot.ownOrders',
    title: 'search.orders',
    app: 'portal',
    order: 20,
    permission: 'spot.orders.read',
  },
  {
    id: 'spot.managedMarkets',
    title: 'search.markets',
    app: 'admin',
    order: 110,
    permission: 'spot.markets.manage',
  },
  {
    id: 'spot.orders',
    title: 'search.orders',
    app: 'admin',
    order: 120,
    permission: 'spot.orders.review',
  },
]

export const spotActions = [
  {
    id: 'trade',
    title: 'actions.trade',
    keywords: 'actions.tradeKeywords',
    order: 110,
    icon: 'i-lucide-chart-candlestick',
    to: '/trade',
  },
]

export const spotSteps: NonNullable<PluginManifest['onboarding']> = [
  {
    id: 'spot.firstOrder',
    order: 300,
    icon: 'i-lucide-chart-candlestick',
    link: '/trade',
    title: 'onboarding.firstOrder.title',
    body: 'onboarding.firstOrder.body',
    action: 'onboarding.firstOrder.action',
    permission: 'spot.orders.write',
  },
]
