import type { Market } from '../routes/markets.ts'

export const bitcoinMarket: Market = {
  id: 'BTC-USDT',
  baseAssetId: 'BTC',
  quoteAssetId: 'USDT',
  tickSize: '0.01',
  lotSize: '0.00001',
  notionalMin: '5',
  makerFeePpm: 1000,
  takerFeePpm: 1000,
  state: 'trading',
  sortOrder: 10,
  revision: 1,
  createdAt: '2024-08-08T00:00:00.000Z',
}
