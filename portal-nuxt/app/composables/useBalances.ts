import { listBalances, type AssetBalances } from '@cambium/kernel/exchange/routes'
import { addDecimals } from '@cambium/kernel/money'

export interface AssetTotal extends AssetBalances {
  /** Both wallets, available and held. */
  readonly total: string
}

function withTotal(balances: AssetBalances): AssetTotal {
  const { funding, spot } = balances
  const parts = [funding.available, funding.held, spot.available, spot.held]
  return { ...balances, total: parts.reduce(addDecimals) }
}

/** The own balances in both wallets; read again when the tab is looked at again. */
export function useBalances() {
  const api = useApi()
  const { user } = useSession()
  const request = useAsyncData(
    () => `balances ${user.value?.id ?? ''}`,
    async () => (await api(listBalances, {})).items.map(withTotal),
  )
  if (import.meta.client) {
    const look = (): void => {
      if (document.visibilityState === 'visible') void request.refresh()
    }
    onMounted(() => document.addEventListener('visibilitychange', look))
    onBeforeUnmount(() => document.removeEventListener('visibilitychange', look))
  }
  return request
}
