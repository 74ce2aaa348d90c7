import { definePlugin } from '@cambium/kernel'
import { listBalances } from './routes/balances.ts'
import { spotChannels } from './routes/channels.ts'
import { orderFilled } from './routes/events.ts'
import { listCandles, listTickers, showBook } from './routes/market-data.ts'
import * as markets from './routes/markets.ts'
import * as orders from './routes/orders.ts'
import { spotActivity, spotSearch, spotSteps } from './routes/search.ts'
import { spotSettings } from './routes/settings.ts'
import { listFills, listTrades, reviewTrades } from './routes/trades.ts'
import { spotUi } from './ui.ts'

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
  activity: spotActivity,
  search: spotSearch,
  onboarding: spotSteps,
  sockets: [{ name: 'spot.stream', path: '/spot/stream', title: 'Books and trades', permission: 'public' }],
  strategies: [{ point: 'assets.price@1', id: 'spot.lastTrade', title: 'Last trade on a spot market' }],
  ui: spotUi,
})
