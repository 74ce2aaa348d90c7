import type { ComputedRef } from 'vue'
import type { NavigationEntry } from '@cambium/ui'

export interface PortalNavigation {
  /** In the header, in order: the own home and wallet around what the products bring. */
  readonly main: ComputedRef<readonly NavigationEntry[]>
  /** At the bottom of a phone, four at most; the rest is behind "More". */
  readonly thumb: ComputedRef<readonly NavigationEntry[]>
  /** What belongs to the account. */
  readonly account: ComputedRef<readonly NavigationEntry[]>
}

const sectionOrder = ['trade', 'earn', 'wallet', 'more']

export function usePortalNavigation(): PortalNavigation {
  const { t } = useI18n()
  const { isSignedIn } = useSession()
  const products = useHostNavigation()

  const own = (id: string, icon: string, to: string): NavigationEntry => ({
    id,
    title: t(`portal.navigation.${id}`),
    icon,
    section: id,
    order: 0,
    to,
  })
  const home = computed(() =>
    isSignedIn.value
      ? own('dashboard', 'i-lucide-layout-dashboard', '/dashboard')
      : own('start', 'i-lucide-house', '/'),
  )
  const wallet = computed(() => (isSignedIn.value ? [own('wallet', 'i-lucide-wallet', '/wallet')] : []))
  const sorted = computed(() =>
    products.value.toSorted(
      (left, right) => sectionOrder.indexOf(left.section) - sectionOrder.indexOf(right.section),
    ),
  )

  return {
    main: computed(() => [...(isSignedIn.value ? [home.value] : []), ...sorted.value, ...wallet.value]),
    thumb: computed(() => [home.value, ...sorted.value.slice(0, isSignedIn.value ? 2 : 3), ...wallet.value]),
    account: computed(() => [
      own('activity', 'i-lucide-history', '/activity'),
      own('notifications', 'i-lucide-bell', '/notifications'),
      own('security', 'i-lucide-shield-check', '/settings/security'),
      own('settings', 'i-lucide-settings', '/settings'),
    ]),
  }
}
