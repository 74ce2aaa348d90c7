import { showSession } from '@cambium/kernel/identity/routes'

/** Knows who is looking before anything is drawn: on the server from the cookie, in the admin by one request. */
export default defineNuxtPlugin({
  name: 'cambium:session',
  dependsOn: ['cambium:api'],
  async setup(nuxtApp) {
    const session = useSessionState()
    if (session.value !== undefined) return
    const hasCookie =
      import.meta.client || /(^|;\s*)cambium_session=/.test(useRequestHeaders(['cookie']).cookie ?? '')
    if (!hasCookie) {
      session.value = null
      return
    }
    try {
      session.value = await nuxtApp.$api(showSession, {}, { signal: AbortSignal.timeout(4_000) })
    } catch {
      // The kernel is starting or gone: drawn as signed out, corrected in the browser when it answers.
      session.value = null
    }
  },
})
