import type { PluginManifest } from '@cambium/kernel'

export const spotChannels: NonNullable<PluginManifest['channels']> = [
  { name: 'spot.book', title: 'Order book of a market: snapshot, then changed levels', access: 'public' },
  { name: 'spot.markets', title: 'How all markets stand, key `all`', access: 'public' },
  { name: 'spot.trades', title: 'Trades of a market', access: 'public' },
  { name: 'spot.ticker', title: 'Last 24 hours of all markets, key `all`', access: 'public' },
  { name: 'spot.candles', title: 'Running candle, key `BTC-USDT/1m`', access: 'public' },
  { name: 'spot.orders', title: 'Own orders and fills', access: 'user' },
  { name: 'spot.balances', title: 'Own spot wallet', access: 'user' },
]
