import type { PluginKernel } from '@cambium/kernel'
import { divideDecimals } from '@cambium/kernel/money'
import type { MarketDesk } from './market-desk.ts'

export interface PriceQuestion {
  readonly assetId: string
  readonly quoteAssetId: string
}

interface KnownPrice {
  readonly price: string | null
  readonly at: string
}

/** What an asset last traded for, in a market of the two, whichever way round that is. */
export function createLastPrice({ exchange, clock }: PluginKernel, desk: MarketDesk) {
  async function lastTrade(baseAssetId: string, quoteAssetId: string): Promise<KnownPrice | undefined> {
    const markets = await desk.all()
    const market = markets.find((one) => one.baseAssetId === baseAssetId && one.quoteAssetId === quoteAssetId)
    if (!market) return undefined
    const [trade] = await exchange.trades({ marketId: market.id, limit: 1 })
    return trade && { price: trade.price, at: new Date(trade.time).toISOString() }
  }

  return async ({ assetId, quoteAssetId }: PriceQuestion): Promise<KnownPrice> => {
    const straight = await lastTrade(assetId, quoteAssetId)
    if (straight) return straight
    const inverse = await lastTrade(quoteAssetId, assetId)
    if (inverse?.price) return { ...inverse, price: divideDecimals('1', inverse.price) }
    return { price: null, at: clock.now().toISOString() }
  }
}
