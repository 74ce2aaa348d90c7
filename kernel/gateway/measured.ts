import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Metrics } from '../metrics/index.ts'
import type { Tracing } from '../tracing/index.ts'

/** What becomes known of a request while it is answered. */
export interface Seen {
  readonly requestId: string
  /** Whose it was: a module, a plugin, or a part of the front door. */
  owner: string
  /** The pattern it met, never the address itself: there are only so many. */
  route: string
  /** It ended in a mistake of ours. */
  fail(error: unknown): void
}

export interface MeasuredOptions {
  readonly tracing: Tracing
  readonly metrics: Metrics
}

type Work = (seen: Seen) => Promise<void>

const methods: ReadonlySet<string | undefined> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
])
const CLIENT_GONE = 499

/** Files and probes are counted, but are nobody's request: they get no id and no trace. */
function isFile(path: string): boolean {
  return /^\/(_nuxt|_plugins|_themes|_ipx|admin\/_nuxt|health|metrics)(\/|$)|\.[a-z0-9]{2,5}$/.test(path)
}

function statusOf(response: ServerResponse): number {
  return response.destroyed && !response.writableFinished && !response.headersSent
    ? CLIENT_GONE
    : response.statusCode
}

/** Every request counted and timed under the pattern of its route; those for the API and for pages are traced. */
export function createMeasured({ tracing, metrics }: MeasuredOptions) {
  function count(request: IncomingMessage, response: ServerResponse, seen: Seen, beganMs: number): void {
    const method = methods.has(request.method) ? String(request.method) : 'OTHER'
    const { owner, route } = seen
    metrics.count('httpRequests', { owner, method, route, status: String(statusOf(response)) })
    metrics.observe('httpDuration', { owner, method, route }, (performance.now() - beganMs) / 1_000)
  }

  async function measured(
    request: IncomingMessage,
    response: ServerResponse,
    seen: Seen,
    work: Work,
  ): Promise<void> {
    const beganMs = performance.now()
    metrics.add('httpInFlight', 1)
    try {
      await work(seen)
    } finally {
      metrics.add('httpInFlight', -1)
      count(request, response, seen, beganMs)
    }
  }

  return (request: IncomingMessage, response: ServerResponse, path: string, work: Work): Promise<void> => {
    if (isFile(path)) {
      const seen = { requestId: '', owner: 'gateway', route: 'files', fail: () => undefined }
      return measured(request, response, seen, work)
    }
    const attributes = { 'http.request.method': request.method ?? 'GET', 'url.path': path.slice(0, 300) }
    const begin = { kind: 'request', traceparent: request.headers.traceparent, attributes } as const
    return tracing.begin(`${request.method} ${path.slice(0, 100)}`, begin, async (begun) => {
      const seen: Seen = {
        requestId: begun.requestId,
        owner: 'gateway',
        route: 'unmatched',
        fail: begun.fail,
      }
      await measured(request, response, seen, work)
      const status = statusOf(response)
      begun.name(`${request.method} ${seen.route}`)
      begun.set({
        'http.route': seen.route,
        'http.response.status_code': status,
        'cambium.owner': seen.owner,
      })
      if (status >= 500 && seen.owner === 'portal') begun.fail(new Error(`The page answered ${status}.`))
    })
  }
}
