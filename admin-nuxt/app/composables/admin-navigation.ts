import type { ComputedRef } from 'vue'

export const sections = ['operate', 'users', 'money', 'products', 'content', 'system'] as const
export type Section = (typeof sections)[number]

export interface NavigationEntry {
  readonly id: string
  readonly section: string
  readonly title: string
  readonly icon: string
  readonly to: string
  readonly order: number
}

export interface NavigationSection {
  readonly id: Section
  readonly title: string
  readonly entries: readonly NavigationEntry[]
}

// Multiples of a hundred, so that plugins can place theirs between.
const own = [
  { id: 'home', section: 'operate', icon: 'i-lucide-house', to: '/', order: 100 },
  {
    id: 'audit',
    section: 'operate',
    icon: 'i-lucide-scroll-text',
    to: '/audit',
    order: 900,
    permission: 'audit.entries.read',
  },
  {
    id: 'maintenance',
    section: 'operate',
    icon: 'i-lucide-construction',
    to: '/maintenance',
    order: 800,
    permission: 'maintenance.windows.manage',
  },
  {
    id: 'incidents',
    section: 'operate',
    icon: 'i-lucide-siren',
    to: '/incidents',
    order: 810,
    permission: 'status.incidents.manage',
  },
  {
    id: 'announcements',
    section: 'content',
    icon: 'i-lucide-megaphone',
    to: '/announcements',
    order: 100,
    permission: 'announcements.announcements.manage',
  },
  {
    id: 'legal',
    section: 'content',
    icon: 'i-lucide-scale',
    to: '/legal',
    order: 110,
    permission: 'legal.documents.manage',
  },
  {
    id: 'users',
    section: 'users',
    icon: 'i-lucide-users',
    to: '/users',
    order: 100,
    permission: 'identity.users.read',
  },
  {
    id: 'roles',
    section: 'users',
    icon: 'i-lucide-key-round',
    to: '/roles',
    order: 200,
    permission: 'identity.users.read',
  },
  {
    id: 'check',
    section: 'money',
    icon: 'i-lucide-scale',
    to: '/ledger/check',
    order: 100,
    permission: 'ledger.checks.run',
  },
  {
    id: 'accounts',
    section: 'money',
    icon: 'i-lucide-landmark',
    to: '/ledger/accounts',
    order: 200,
    permission: 'ledger.accounts.read',
  },
  {
    id: 'entries',
    section: 'money',
    icon: 'i-lucide-book-open',
    to: '/ledger/entries',
    order: 300,
    permission: 'ledger.accounts.read',
  },
  {
    id: 'marketplace',
    section: 'products',
    icon: 'i-lucide-store',
    to: '/marketplace',
    order: 100,
    permission: 'plugins.marketplace.manage',
  },
  {
    id: 'publishers',
    section: 'products',
    icon: 'i-lucide-badge-check',
    to: '/publishers',
    order: 110,
    permission: 'plugins.marketplace.manage',
  },
  {
    id: 'settings',
    section: 'system',
    icon: 'i-lucide-settings-2',
    to: '/settings',
    order: 10,
    permission: 'plugins.marketplace.manage',
  },
  {
    id: 'toggles',
    section: 'system',
    icon: 'i-lucide-toggle-right',
    to: '/toggles',
    order: 20,
    permission: 'toggles.toggles.manage',
  },
  {
    id: 'observability',
    section: 'system',
    icon: 'i-lucide-chart-line',
    to: '/observability',
    order: 30,
    permission: 'observability.figures.read',
  },
  {
    id: 'traces',
    section: 'system',
    icon: 'i-lucide-route',
    to: '/observability/traces',
    order: 40,
    permission: 'observability.figures.read',
  },
  {
    id: 'alerts',
    section: 'system',
    icon: 'i-lucide-bell-ring',
    to: '/alerts',
    order: 35,
    permission: 'alerts.alerts.read',
  },
  {
    id: 'mail',
    section: 'system',
    icon: 'i-lucide-mail',
    to: '/mail',
    order: 95,
    permission: 'mail.letters.manage',
  },
  {
    id: 'health',
    section: 'system',
    icon: 'i-lucide-heart-pulse',
    to: '/health',
    order: 50,
    permission: 'plugins.marketplace.manage',
  },
  {
    id: 'jobs',
    section: 'system',
    icon: 'i-lucide-timer',
    to: '/jobs',
    order: 60,
    permission: 'jobs.runs.manage',
  },
  {
    id: 'events',
    section: 'system',
    icon: 'i-lucide-zap',
    to: '/events',
    order: 70,
    permission: 'events.deliveries.manage',
  },
  {
    id: 'points',
    section: 'system',
    icon: 'i-lucide-git-fork',
    to: '/extension-points',
    order: 80,
    permission: 'filters.points.manage',
  },
  {
    id: 'themes',
    section: 'system',
    icon: 'i-lucide-palette',
    to: '/themes',
    order: 90,
    permission: 'themes.looks.manage',
  },
  {
    id: 'translations',
    section: 'system',
    icon: 'i-lucide-languages',
    to: '/translations',
    order: 95,
    permission: 'translations.texts.manage',
  },
  {
    id: 'operations',
    section: 'system',
    icon: 'i-lucide-history',
    to: '/operations',
    order: 100,
    permission: 'plugins.marketplace.manage',
  },
  {
    id: 'system',
    section: 'system',
    icon: 'i-lucide-activity',
    to: '/system',
    order: 200,
    permission: 'exchange.status.read',
  },
  { id: 'kit', section: 'system', icon: 'i-lucide-swatch-book', to: '/kit', order: 900 },
] as const

/** The sidebar: the kernel's entries and those of enabled plugins, by section; what the reader may not see is left out. */
export function useAdminNavigation(): ComputedRef<readonly NavigationSection[]> {
  const { t } = useI18n()
  const { can } = useSession()
  const { $pluginHost } = useNuxtApp()
  const contributed = computed<NavigationEntry[]>(() =>
    $pluginHost.navigation.value
      .filter(({ page }) => can(page.permission))
      .map(({ plugin, page, navigation }) => ({
        id: `${plugin.id}-${page.id}`,
        section: navigation.section,
        title: t(`${plugin.id}.${navigation.title}`),
        icon: navigation.icon,
        to: page.path,
        order: navigation.order,
      })),
  )
  return computed(() => {
    const entries: NavigationEntry[] = [
      ...own
        .filter((entry) => !('permission' in entry) || can(entry.permission))
        .map((entry) => ({ ...entry, title: t(`navigation.${entry.id}`) })),
      ...contributed.value,
    ]
    return sections
      .map((id) => ({
        id,
        title: t(`section.${id}`),
        entries: entries
          .filter((entry) => entry.section === id)
          .sort((left, right) => left.order - right.order || left.title.localeCompare(right.title)),
      }))
      .filter((section) => section.entries.length > 0)
  })
}
