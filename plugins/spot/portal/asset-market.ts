import { computed, type ComputedRef } from 'vue'
import type { Ticker } from '../routes/market-data.ts'
import type { Market } from '../routes/markets.ts'
import { useMarkets } from './live-markets.ts'
import { useTickers } from './market-live.ts'

/** What assets are counted in where there is a choice. */
const preferredQuote = 'USDT'

/** The market an asset is shown by: against the preferred quote, else the first there is. */
export function marketOf(markets: readonly Market[], assetId: string): Market | undefined {
  const own = markets.filter(({ baseAssetId }) => baseAssetId === assetId)
  return own.find(({ quoteAssetId }) => quoteAssetId === preferredQuote) ?? own[0]
}

export interface AssetMarket {
  readonly market: ComputedRef<Market | undefined>
  readonly ticker: ComputedRef<Ticker | undefined>
}

/** The market of an asset and its last day, live. */
export function useAssetMarket(assetId: () => string): AssetMarket {
  const { data } = useMarkets()
  const { tickers } = useTickers(() => data.value?.tickers ?? [])
  const market = computed(() => marketOf(data.value?.markets ?? [], assetId()))
  return { market, ticker: computed(() => market.value && tickers.value.get(market.value.id)) }
}
