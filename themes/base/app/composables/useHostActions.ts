import type { ComputedRef } from 'vue'

export interface HostAction {
  readonly id: string
  readonly title: string
  /** Other words it is found by. */
  readonly keywords: string
  readonly icon: string
  readonly to: string
}

/** What the enabled plugins offer to do from anywhere, to this visitor. */
export function useHostActions(): ComputedRef<readonly HostAction[]> {
  const { $pluginHost } = useNuxtApp()
  const { t } = useI18n()
  const { can } = useSession()
  return computed(() =>
    [...$pluginHost.active.values()]
      .flatMap(({ plugin }) => plugin.actions.map((action) => ({ plugin, action })))
      .filter(({ action }) => can(action.permission))
      .toSorted((left, right) => left.action.order - right.action.order)
      .map(({ plugin, action }) => ({
        id: `${plugin.id}-${action.id}`,
        title: t(`${plugin.id}.${action.title}`),
        keywords: action.keywords === undefined ? '' : t(`${plugin.id}.${action.keywords}`),
        icon: action.icon,
        to: action.to,
      })),
  )
}
