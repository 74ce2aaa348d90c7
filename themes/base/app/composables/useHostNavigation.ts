import type { ComputedRef } from 'vue'
import { pageRouteName } from '../host/page-route.ts'

export interface NavigationEntry {
  readonly id: string
  readonly title: string
  readonly icon: string
  readonly section: string
  readonly order: number
  readonly to: string
}

/** `/trade/:marketId?` → `/trade`; null when a part cannot be left out. */
function plainPath(path: string): string | null {
  const kept = path.replace(/\/:[A-Za-z]+(\([^)]*\))?[?*]/g, '')
  return kept.includes(':') ? null : kept === '' ? '/' : kept
}

/** Menu entries of the enabled plugins that this visitor may open, drawn from the manifest without loading their code. */
export function useHostNavigation(): ComputedRef<readonly NavigationEntry[]> {
  const { $pluginHost } = useNuxtApp()
  const { t } = useI18n()
  const { can } = useSession()
  return computed(() =>
    $pluginHost.navigation.value.flatMap(({ plugin, page, navigation }) => {
      const to = plainPath(page.path)
      if (to === null || !can(page.permission)) return []
      const { icon, section, order } = navigation
      return [
        {
          id: pageRouteName(plugin.id, page.id),
          title: t(`${plugin.id}.${navigation.title}`),
          icon,
          section,
          order,
          to,
        },
      ]
    }),
  )
}
