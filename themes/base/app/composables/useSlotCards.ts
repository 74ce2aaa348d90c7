import type { ComputedRef } from 'vue'

/** What fills a slot, for a page that lets its users choose among it. */
export interface SlotCard {
  readonly pluginId: string
  /** Of the contribution, given to `CSlot` as `only`. */
  readonly id: string
  readonly title: string
}

export function useSlotCards(name: string): ComputedRef<readonly SlotCard[]> {
  const { $pluginHost } = useNuxtApp()
  const { t } = useI18n()
  const { can } = useSession()
  return computed(() =>
    $pluginHost
      .slots(name)
      .filter(({ slot }) => can(slot.permission))
      .map(({ generation: { plugin }, slot }) => ({
        pluginId: plugin.id,
        id: slot.id,
        title: slot.title === undefined ? plugin.name : t(`${plugin.id}.${slot.title}`),
      })),
  )
}
