import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Act } from '../audit/index.ts'
import { platformRefusals, toProblem, type Broker, type Client, type Logger } from '../broker/index.ts'
import type { Route } from '../contract/index.ts'
import { CONFIRMED_MS_MAX, type Authenticate, type Visitor } from '../identity/index.ts'
import { identityRefusals } from '../identity/routes.ts'
import { pluginsRefusals } from '../plugins/routes.ts'
import { sendJson, sendProblem } from './answers.ts'
import { openUpload, readBody } from './body.ts'
import { canBeCsv, sendCsv } from './csv.ts'
import type { Epoch, Match } from './epoch.ts'
import { originOf, type Origin } from './origin.ts'
import { readTexts } from './query.ts'
import type { Seen } from './measured.ts'
import type { RateLimits } from './rate-limits.ts'
import { createStaticFiles } from './static-files.ts'
import { gatewayRefusals } from './refusals.ts'

export interface ApiOptions {
  readonly broker: Broker
  readonly authenticate: Authenticate
  readonly limits: RateLimits
  readonly log: Logger
  /** The epoch of this moment, and those plugins that are installed but disabled. */
  readonly epoch: () => Epoch
  readonly isDisabled: (pluginId: string) => boolean
  /** Holds what routes answer as files. */
  readonly filesRoot: string
  /** More routes are on their way. */
  readonly isStarting: () => boolean
  /** False while this node is behind the others. */
  readonly isInPool: () => boolean
  /** Writes down what operators do. */
  readonly around?: (act: Act, work: () => Promise<unknown>) => Promise<unknown>
}

/** What is known of a request before its answer is. */
export interface ApiRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Below `/api`, without the query. */
  readonly path: string
  readonly query: string
  /** Came in over the operator's own socket. */
  readonly isOperator: boolean
  readonly seen: Seen
}

const operator: Visitor = {
  principal: { kind: 'system' },
  sessionId: null,
  csrfToken: null,
  confirmedAtMs: 0,
}
const safeMethods: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS'])

function assertCsrf(request: IncomingMessage, { csrfToken }: Visitor): void {
  if (csrfToken === null || safeMethods.has(request.method)) return
  const given = Buffer.from(String(request.headers['x-csrf-token'] ?? ''))
  const expected = Buffer.from(csrfToken)
  if (given.length === expected.length && timingSafeEqual(given, expected)) return
  throw gatewayRefusals.csrf_token_wrong()
}

/** A stolen session, or a tab left open, does not reach what is sensitive. */
function assertConfirmed(route: Route, { principal, confirmedAtMs }: Visitor): void {
  if (!route.isSensitive || principal.kind !== 'user') return
  if (Date.now() - confirmedAtMs <= CONFIRMED_MS_MAX) return
  throw identityRefusals.confirmation_needed()
}

async function readParams(
  { request, query }: ApiRequest,
  route: Route,
  pathParams: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, unknown>> {
  const fromPath = readTexts(Object.entries(pathParams), route.params)
  if (route.method !== 'GET' && route.method !== 'DELETE' && !route.body)
    return { ...(await readBody(request)), ...fromPath }
  if (query === '') return fromPath
  return { ...readTexts(new URLSearchParams(query), route.params), ...fromPath }
}

/** What a route with `answer: 'file'` answers; `file` is below the folder of such files. */
interface NamedFile {
  readonly name: string
  readonly file: string
}

/** A request that may have its answer. */
interface Admitted {
  readonly route: Route
  readonly params: Record<string, unknown>
  readonly isCsv: boolean
  call(params: Record<string, unknown>): Promise<unknown>
  /** The same with the parameters it came with, written down where it is an operator's act. */
  answer(): Promise<unknown>
}

function pick(params: Readonly<Record<string, unknown>>, route: Route): Record<string, unknown> {
  const { properties } = route.params as { readonly properties: object }
  return Object.fromEntries(Object.entries(params).filter(([name]) => name in properties))
}

/** Serves everything below `/api` that is a route. */
export function createApiHandler(options: ApiOptions): (api: ApiRequest) => Promise<void> {
  const { broker, authenticate, limits, log, isDisabled, isStarting, isInPool } = options
  const files = createStaticFiles(options.filesRoot)

  function assertRoute(match: Match, path: string): asserts match is Match & { kind: 'route' } {
    if (match.kind === 'route') return
    const [, pluginId = ''] = path.split('/')
    if (isDisabled(pluginId)) throw pluginsRefusals.plugin_disabled({ pluginId })
    if (isStarting()) throw pluginsRefusals.still_starting()
    if (match.kind === 'methods') throw gatewayRefusals.method_not_allowed({ allowed: match.allowed })
    throw gatewayRefusals.route_not_found()
  }

  /** The plugin was disabled after this request had met its route. */
  function withReason(error: unknown, path: string): unknown {
    const [, pluginId = ''] = path.split('/')
    const isGone = (error as { type?: unknown }).type === platformRefusals.unavailable.code
    return isGone && isDisabled(pluginId) ? pluginsRefusals.plugin_disabled({ pluginId }) : error
  }

  function clientOf(
    request: IncomingMessage,
    origin: Origin,
    visitor: Visitor,
    headers: Map<string, string>,
  ): Omit<Client, 'upload'> {
    return {
      address: origin.address,
      userAgent: request.headers['user-agent'] ?? '',
      sessionId: visitor.sessionId,
      isSecure: origin.isSecure,
      setHeader: (name, value) => void headers.set(name, value),
    }
  }

  async function admit(api: ApiRequest, requestId: string, headers: Map<string, string>): Promise<Admitted> {
    const { request, response, path, isOperator } = api
    if (!isOperator && !isInPool()) throw gatewayRefusals.node_behind()
    const match = options.epoch().match(request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET'), path)
    assertRoute(match, path)
    const { route, pathParams } = match
    api.seen.owner = route.action.slice(0, route.action.indexOf('.'))
    api.seen.route = `/api${route.path}`
    const origin = originOf(request)
    const visitor = isOperator ? operator : await authenticate(request.headers.cookie)
    await limits.count(route, visitor.principal, origin)
    assertCsrf(request, visitor)
    assertConfirmed(route, visitor)
    const { format, ...others } = await readParams(api, route, pathParams)
    const isCsv = format === 'csv' && canBeCsv(route)
    const params = isCsv || format === undefined ? others : { ...others, format }
    const upload = route.body && openUpload(request, route.body)
    const gone = new AbortController()
    response.once('close', () => {
      if (!response.writableFinished) gone.abort(new Error('The caller went away.'))
    })
    const call = (asked: Record<string, unknown>) =>
      broker.call(route, asked, {
        principal: visitor.principal,
        requestId,
        idempotencyKey: String(request.headers['idempotency-key'] ?? ''),
        signal: gone.signal,
        client: { ...clientOf(request, origin, visitor, headers), upload },
      })
    const shown = options.epoch().shownBy(route)
    const reading = { principal: visitor.principal, requestId }
    const act = {
      route,
      params,
      ...reading,
      address: origin.address,
      read: shown && (() => broker.call(shown, pick(params, shown), reading)),
    }
    const around = options.around ?? ((_, work) => work())
    return { route, params, isCsv, call, answer: () => around(act, () => call(params)) }
  }

  async function sendFile(
    { request, response }: ApiRequest,
    { name, file }: NamedFile,
    headers: Map<string, string>,
  ): Promise<void> {
    const sent = await files.serve(request, response, `/${file}`, {
      ...Object.fromEntries(headers),
      'cache-control': 'no-store',
      'content-disposition': `attachment; filename="${name}"`,
    })
    if (!sent) throw gatewayRefusals.route_not_found()
  }

  return async (api) => {
    const { request, response, path, seen } = api
    const { requestId } = seen
    const headers = new Map([['x-request-id', requestId]])
    try {
      const { route, params, isCsv, call, answer } = await admit(api, requestId, headers)
      if (isCsv) {
        await sendCsv({ request, response, route, params, headers: Object.fromEntries(headers), read: call })
        return
      }
      const result = await answer()
      if (route.answer === 'file') await sendFile(api, result as NamedFile, headers)
      else sendJson(request, response, result, Object.fromEntries(headers))
    } catch (error) {
      const place = `${request.method} /api${path}`
      const problem = toProblem(withReason(error, path), { log, place, requestId })
      if (problem.status >= 500) seen.fail(error)
      if (problem.status === 405) headers.set('allow', (problem.allowed as string[]).join(', '))
      // What was not read of the body would be taken for the next request.
      if (!request.complete) headers.set('connection', 'close')
      sendProblem(request, response, problem, Object.fromEntries(headers))
    }
  }
}
