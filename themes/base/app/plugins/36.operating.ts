import { listShownAnnouncements } from '@cambium/kernel/announcements/routes'
import { listMaintenance } from '@cambium/kernel/maintenance/routes'
import { listOwnToggles } from '@cambium/kernel/toggles/routes'

/** What rests, what is announced and what is on for the reader is drawn with the page, so that nothing moves when it comes to life. */
export default defineNuxtPlugin({
  name: 'cambium:operating',
  dependsOn: ['cambium:api', 'cambium:session'],
  parallel: true,
  async setup({ $api }) {
    if (import.meta.client || useRequestEvent()?.context.rehearsal) return
    const maintenance = useMaintenanceState()
    const announcements = useAnnouncementsState()
    const toggles = useTogglesState()
    const patience = { signal: AbortSignal.timeout(2_000) }
    const [resting, told, own] = await Promise.allSettled([
      $api(listMaintenance, {}, patience),
      $api(listShownAnnouncements, {}, patience),
      $api(listOwnToggles, {}, patience),
    ])
    if (resting.status === 'fulfilled') maintenance.value = resting.value.items
    if (own.status === 'fulfilled') toggles.value = own.value.values
    if (told.status === 'fulfilled') announcements.value = told.value.items
  },
})
