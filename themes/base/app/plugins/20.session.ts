import { showSession, type SessionAnswer } from '@cambium/kernel/identity/routes'
import type { UiPlugin } from '@cambium/kernel/ui-manifest'

/** Somebody who may see all of a plugin: what is hidden from strangers is tried too. */
function rehearsalSession({ pages, slots }: UiPlugin): SessionAnswer {
  const permissions = [...pages, ...slots].flatMap(({ permission }) => permission ?? [])
  const somebody = { id: '0', email: 'nobody@example.com', roles: [], permissions, hasSecondFactor: false }
  return { user: somebody, csrfToken: '' }
}

/** Knows who is looking before anything is drawn: on the server from the cookie, in the admin by one request. */
export default defineNuxtPlugin({
  name: 'cambium:session',
  dependsOn: ['cambium:api'],
  async setup(nuxtApp) {
    const session = useSessionState()
    const rehearsal = import.meta.server ? useRequestEvent()?.context.rehearsal : undefined
    if (rehearsal) session.value = rehearsalSession(rehearsal.plugin)
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
