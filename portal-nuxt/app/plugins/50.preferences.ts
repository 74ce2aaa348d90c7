/** Knows what the account keeps before anything is drawn, and follows what its other pages change. */
export default defineNuxtPlugin({
  name: 'portal:preferences',
  dependsOn: ['cambium:session', 'cambium:api'],
  async setup(nuxtApp) {
    const { user } = useSession()
    const state = usePreferencesState()
    const areHidden = useAmountsHidden()
    const read = async (): Promise<void> => {
      try {
        state.value = user.value ? await loadPreferences(nuxtApp.$api) : {}
      } catch {
        // Without them the page looks as it does to everybody.
        state.value ??= {}
      }
    }
    if (state.value === undefined) await read()
    watch(
      () => state.value?.['portal.amountsHidden'] === true,
      (isHidden) => (areHidden.value = isHidden),
      { immediate: true },
    )
    if (import.meta.server) return
    watch(() => user.value?.id, read)
    nuxtApp.hook('app:mounted', () => {
      let subscription: { stop(): void } | undefined
      watch(
        () => user.value?.id,
        (userId) => {
          subscription?.stop()
          if (userId === undefined) return
          const follow = (message: unknown): void => {
            if (message) state.value = (message as { items: Record<string, unknown> }).items
          }
          subscription = nuxtApp.$channels.subscribe('preferences.values:me', {
            onSnapshot: follow,
            onMessage: follow,
          })
        },
        { immediate: true },
      )
    })
  },
})
