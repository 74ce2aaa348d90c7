import { listWallets, listWorthDays } from '@cambium/kernel/valuation/routes'

/** What moves together is asked for together. */
const SETTLE_MS = 250

/** What the account has in all wallets, live; read again when the tab is looked at again. */
export function useWallets() {
  const api = useApi()
  const { user } = useSession()
  const request = useKeptData(
    () => `wallets ${user.value?.id ?? ''}`,
    () => api(listWallets, {}),
  )
  let timer: ReturnType<typeof setTimeout> | undefined
  const askSoon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void request.refresh(), SETTLE_MS)
  }
  const channel = computed(() => (user.value ? 'valuation.wallets:me' : null))
  let wasConnected = false
  useChannel(channel, {
    onSnapshot: () => {
      // What moved while the connection was away is not told again.
      if (wasConnected) askSoon()
      wasConnected = true
    },
    onMessage: askSoon,
  })
  if (import.meta.client) {
    const look = (): void => {
      if (document.visibilityState === 'visible') askSoon()
    }
    onMounted(() => document.addEventListener('visibilitychange', look))
    onBeforeUnmount(() => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', look)
    })
  }
  return request
}

/** What it was worth at the end of each day. */
export function useWorthDays() {
  const api = useApi()
  const { user } = useSession()
  return useKeptData(
    () => `worth ${user.value?.id ?? ''}`,
    () => api(listWorthDays, {}),
  )
}

/** What a wallet is called: the platform's words, or those of the product it belongs to. */
export function useWalletTitle() {
  const { t } = useI18n()
  return ({ owner, title }: { readonly owner: string; readonly title: string }): string =>
    t(`${owner}.${title}`)
}
