import type { Asset } from '@cambium/kernel'
import type { NewMarket } from './market-desk.ts'

const fees = { makerFeePpm: 1000, takerFeePpm: 1000 }

export interface DemoMarket extends NewMarket {
  /** The price the demo maker starts to quote around. */
  readonly reference: string
  /** Value of its first level, in the quote asset. */
  readonly levelNotional: string
}

/** What a demonstration opens with. The maker's prices are a starting point, not a feed: trades move them. */
export const demoMarkets: readonly DemoMarket[] = [
  {
    baseAssetId: 'BTC',
    quoteAssetId: 'USDT',
    tickSize: '0.01',
    lotSize: '0.00001',
    notionalMin: '5',
    ...fees,
    state: 'trading',
    sortOrder: 10,
    reference: '61837',
    levelNotional: '6000',
  },
  {
    baseAssetId: 'ETH',
    quoteAssetId: 'USDT',
    tickSize: '0.01',
    lotSize: '0.0001',
    notionalMin: '5',
    ...fees,
    state: 'trading',
    sortOrder: 20,
    reference: '2684.5',
    levelNotional: '3000',
  },
  {
    baseAssetId: 'ETH',
    quoteAssetId: 'BTC',
    tickSize: '0.00001',
    lotSize: '0.001',
    notionalMin: '0.0001',
    ...fees,
    state: 'trading',
    sortOrder: 30,
    reference: '0.04341',
    levelNotional: '0.05',
  },
]

/** What the demo maker is given once. Its quotes lean towards holding this much of each base asset. */
export const demoFunding: Readonly<Record<string, string>> = { BTC: '60', ETH: '900', USDT: '4000000' }

/** The demo markets whose assets this platform has. */
export function demoMarketsFor(assets: ReadonlyMap<string, Asset>): readonly DemoMarket[] {
  return demoMarkets.filter((market) => assets.has(market.baseAssetId) && assets.has(market.quoteAssetId))
}
