import { useApi, useChannel, useLoaded, type Loaded } from '@cambium/ui'
import { listTickers, type Ticker } from '../routes/market-data.ts'
import { listMarkets, type Market } from '../routes/markets.ts'

export interface MarketsAndTickers {
  readonly markets: readonly Market[]
  readonly tickers: readonly Ticker[]
}

/** All markets, following what the operator does to them, and their tickers as they were when the page was loaded. */
export function useMarkets(): Loaded<MarketsAndTickers> {
  const api = useApi()
  const loaded = useLoaded('markets', async (): Promise<MarketsAndTickers> => {
    const [markets, tickers] = await Promise.all([api(listMarkets, {}), api(listTickers, {})])
    return { markets: markets.items, tickers: tickers.items }
  })
  const take = ({ items }: { items: readonly Market[] }): void => {
    if (loaded.data.value) loaded.data.value = { ...loaded.data.value, markets: items }
  }
  useChannel<{ items: readonly Market[] }>('spot.markets:all', { onSnapshot: take, onMessage: take })
  return loaded
}
