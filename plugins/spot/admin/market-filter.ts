import { computed, onMounted, shallowRef, type ComputedRef } from 'vue'
import { useApi, type TableFilter } from '@cambium/ui'
import { provideMarkets } from '../portal/market-figures.ts'
import { listMarkets, type Market } from '../routes/markets.ts'

/** The choice of a market for an operator's list, whose prices then stand on their market's tick. */
export function useMarketFilter(label: string): ComputedRef<TableFilter> {
  const api = useApi()
  const markets = shallowRef<readonly Market[]>([])
  provideMarkets(() => markets.value)
  onMounted(async () => {
    // Without them the list still works: a filter has nothing to choose, prices show the decimals they have.
    markets.value = (await api(listMarkets, {}).catch(() => ({ items: [] }))).items
  })
  return computed(() => ({
    id: 'market',
    label,
    options: markets.value.map(({ id }) => ({ value: id, label: id })),
  }))
}
