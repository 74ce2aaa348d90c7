import { createApi } from '@cambium/kernel/contract'

/** While a plugin's part is tried, no data is there: what this version's routes answer is not the next one's. */
function answerNothing(): Promise<Response> {
  const problem = { type: '/problems/platform.rehearsal', title: 'No data while it is tried.', status: 503 }
  return Promise.resolve(Response.json(problem, { status: 503 }))
}

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
    const forwarded = useRequestHeaders(['cookie', 'x-forwarded-for', 'traceparent', 'user-agent'])
    const isRehearsal = useRequestEvent()?.context.rehearsal !== undefined
    const api = createApi({
      baseUrl: `${apiOrigin}/api`,
      headers: () => ({ ...forwarded, ...csrf() }),
      ...(isRehearsal ? { fetch: answerNothing } : {}),
    })
    return { provide: { api } }
  },
})
