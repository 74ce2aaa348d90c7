import { createApi } from '@cambium/kernel/contract'

/** The typed client: same origin in the browser; on the server straight to the kernel with the visitor's cookie. */
export default defineNuxtPlugin({
  name: 'cambium:api',
  setup() {
    const session = useSessionState()
    const csrf = (): Record<string, string> => {
      const token = session.value?.csrfToken
      return token ? { 'x-csrf-token': token } : {}
    }
    if (import.meta.client) return { provide: { api: createApi({ baseUrl: '/api', headers: csrf }) } }
    const { apiOrigin } = useRuntimeConfig()
    const forwarded = useRequestHeaders(['cookie', 'x-forwarded-for', 'x-request-id', 'user-agent'])
    const api = createApi({ baseUrl: `${apiOrigin}/api`, headers: () => ({ ...forwarded, ...csrf() }) })
    return { provide: { api } }
  },
})
