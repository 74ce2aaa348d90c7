import { listLegal } from '@cambium/kernel/legal/routes'

/** Which documents are in force is drawn with the page: every footer links them. */
export default defineNuxtPlugin({
  name: 'portal:legal',
  dependsOn: ['cambium:api'],
  parallel: true,
  async setup({ $api }) {
    if (import.meta.client || useRequestEvent()?.context.rehearsal) return
    const state = useLegalState()
    try {
      state.value = (await $api(listLegal, {}, { signal: AbortSignal.timeout(2_000) })).items
    } catch {
      // A page without these links is better than none.
      state.value = null
    }
  },
})
