/**
 * A session that is ended elsewhere ends here at once: the page goes to the log-in and says why. What pages have kept of
 * one user is gone before another is seen.
 */
export default defineNuxtPlugin({
  name: 'cambium:session-end',
  dependsOn: ['cambium:channels', 'cambium:session'],
  setup(nuxtApp) {
    const session = useSessionState()
    watch(
      () => session.value?.user?.id,
      () => {
        clearNuxtData()
        forgetLists()
      },
      { flush: 'sync' },
    )
    nuxtApp.$channels.onEnded(() =>
      nuxtApp.runWithContext(async () => {
        const { user, refresh } = useSession()
        const before = user.value
        // The platform may be restarting: what is not known stays as it is.
        await refresh().catch(() => undefined)
        if (before === null || user.value !== null) return
        const route = useRoute()
        const next = useRuntimeConfig().public.app === 'admin' ? 'to' : 'next'
        await navigateTo({ path: '/login', query: { [next]: route.fullPath, ended: '1' } })
      }),
    )
  },
})
