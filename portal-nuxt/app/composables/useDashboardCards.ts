import type { Component } from 'vue'
import { LazyActivityCard, LazyBalancesCard, LazyNextStepCard } from '#components'

/** A card of the own home page: the platform's own component, or what a plugin put into the slot. */
export interface DashboardCard {
  readonly id: string
  readonly title: string
  readonly column: number
  readonly component?: Component
  readonly slot?: { readonly from: string; readonly only: string }
}

export const DASHBOARD_SLOT = 'portal.dashboard@1'

/** The cards there are, and how the account arranged them. */
export function useDashboardCards() {
  const { t } = useI18n()
  const slotCards = useSlotCards(DASHBOARD_SLOT)
  const kept = usePreference('portal.dashboard', readArrangement)

  const cards = computed<readonly DashboardCard[]>(() => [
    { id: 'own:balances', title: t('balance.title'), column: 0, component: LazyBalancesCard },
    { id: 'own:nextStep', title: t('nextStep.title'), column: 0, component: LazyNextStepCard },
    ...slotCards.value.map(({ pluginId, id, title }, index) => ({
      id: `${pluginId}:${id}`,
      title,
      column: 1 + (index % 2),
      slot: { from: pluginId, only: id },
    })),
    { id: 'own:activity', title: t('activity.card'), column: 2, component: LazyActivityCard },
  ])
  const arrangement = computed(() => arrangeCards(kept.value, cards.value))
  const byId = computed(() => new Map(cards.value.map((card) => [card.id, card])))
  const found = (ids: readonly string[]) => ids.flatMap((id) => byId.value.get(id) ?? [])

  return {
    hasProducts: computed(() => slotCards.value.length > 0),
    arrangement,
    columns: computed(() => arrangement.value.columns.map(found)),
    hidden: computed(() => found(arrangement.value.hidden)),
    isChanged: computed(() => kept.value !== null),
    keep: (next: Arrangement) => (kept.value = keptArrangement(next, kept.value)),
    reset: () => (kept.value = null),
  }
}
