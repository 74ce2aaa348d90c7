import { listBalances } from '@cambium/kernel/exchange/routes'

/** What can be moved between the two wallets of the platform; read again when the tab is looked at again. */
export function useBalances() {
  const api = useApi()
  const { user } = useSession()
  const request = useKeptData(
    () => `balances ${user.value?.id ?? ''}`,
    async () => (await api(listBalances, {})).items,
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
