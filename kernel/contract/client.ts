import { ProblemError, type Problem } from './problem.ts'
import type { ParamsOf, ResultOf, Route } from './route.ts'

export interface ApiOptions {
  /** Where the API is, without a trailing slash: `/api` in a page, `https://host/api` elsewhere. */
  readonly baseUrl: string
  readonly fetch?: typeof fetch
  /** Sent with every request; called each time, so that a token read late is the current one. */
  readonly headers?: () => Record<string, string>
}

export interface CallOptions {
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
  /** The file, for a route whose body is one. */
  readonly body?: Blob | Uint8Array<ArrayBuffer>
}

export type Api = <X extends Route>(
  route: X,
  params: ParamsOf<X>,
  options?: CallOptions,
) => Promise<ResultOf<X>>

interface Request {
  readonly url: string
  readonly body: string | undefined
}

/** Where a route without a body is read, its parameters in path and query: `/api/users?limit=5`. */
export function routeUrl(route: Route, params: Record<string, unknown>, baseUrl: string): string {
  return request(route, params, baseUrl).url
}

/** Puts `params` where the route wants them: into the path, and the rest into the query or the JSON body. */
function request(route: Route, params: Record<string, unknown>, baseUrl: string): Request {
  const rest = { ...params }
  const path = route.path.replace(/:([A-Za-z]+)/g, (_, name: string) => {
    const value = rest[name]
    delete rest[name]
    return encodeURIComponent(String(value))
  })
  if (route.method !== 'GET' && route.method !== 'DELETE' && !route.body) {
    return { url: baseUrl + path, body: JSON.stringify(rest) }
  }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined) continue
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one))
  }
  return { url: baseUrl + path + (query.size > 0 ? `?${query.toString()}` : ''), body: undefined }
}

/**
 * The typed client: `api(placeOrder, { … })`. Throws `ProblemError` for every refused request.
 * Routes that need an idempotency key get a fresh one unless the caller keeps its own for a retry.
 */
export function createApi(options: ApiOptions): Api {
  const send = options.fetch ?? fetch
  return async (route, params, { idempotencyKey, signal, body: file } = {}) => {
    const { url, body = file } = request(route, params as Record<string, unknown>, options.baseUrl)
    const headers: Record<string, string> = { accept: 'application/json', ...options.headers?.() }
    if (body !== undefined) headers['content-type'] = route.body?.mediaType ?? 'application/json'
    if (route.idempotency !== undefined) headers['idempotency-key'] = idempotencyKey ?? crypto.randomUUID()
    const response = await send(url, {
      method: route.method,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(signal ? { signal } : {}),
    })
    const text = await response.text()
    if (!response.ok) throw new ProblemError(readProblem(response.status, text))
    return (text === '' ? null : JSON.parse(text)) as ResultOf<typeof route>
  }
}

/** What a refused answer says; one that is not ours is told as its status. */
export function readProblem(status: number, text: string): Problem {
  try {
    const problem = JSON.parse(text) as Problem
    if (typeof problem.type === 'string') return problem
  } catch {
    // Not ours: a proxy in between answered.
  }
  return { type: 'about:blank', title: `The server answered ${status}.`, status }
}
