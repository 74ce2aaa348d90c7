import { showStatus } from '@cambium/kernel/exchange/routes'

/** Beyond so many events behind the engine a follower is called slow: about a second of a busy market. */
const lagMax = 5_000

/** Whether the engine answers and how far behind it settlement and the products are. */
export function useExchangeStatus() {
  const api = useApi()
  const { can } = useSession()
  const isAllowed = can('exchange.status.read')
  const status = useResource(async (signal) => (isAllowed ? await api(showStatus, {}, { signal }) : null), {
    key: () => 'exchange:status',
    everyMs: 5_000,
  })
  const slowest = computed(() =>
    Math.max(0, ...(status.data.value?.followers.map(({ lag }) => lag ?? 0) ?? [])),
  )
  return { ...status, isAllowed, slowest, isSlow: computed(() => slowest.value > lagMax), lagMax }
}
