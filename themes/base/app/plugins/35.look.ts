import type { Look } from '@cambium/kernel/theme'
import { followDrafts, isInLookFrame, loadLookSheet, lookInPage } from '../host/look-sheet.ts'

/** The theme in use: the one the page came with, then every change the kernel tells. */
export default defineNuxtPlugin({
  name: 'cambium:look',
  dependsOn: ['cambium:api'],
  setup(nuxtApp) {
    const look = useLook()
    if (import.meta.server) {
      look.value = useRequestEvent()?.context.look ?? null
      return
    }
    look.value ??= lookInPage()

    let wanted: Look | null = null
    async function apply(next: Look): Promise<void> {
      wanted = next
      await loadLookSheet(next.stylesheet)
      // Another one may have come while this one was loading.
      if (wanted === next) look.value = next
    }
    nuxtApp.hook('app:mounted', () => {
      if (isInLookFrame()) {
        followDrafts((draft) => (look.value = draft))
        return
      }
      const { app } = useRuntimeConfig().public
      const follow = (data: unknown): void => {
        if (data) void apply(data as Look)
      }
      nuxtApp.$channels.subscribe(`themes.look:${app}`, { onSnapshot: follow, onMessage: follow })
    })
  },
})
