import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from '../broker/index.ts'
import { toProblem } from '../broker/index.ts'
import type { Themes } from '../themes/index.ts'
import { activeTraceparent } from '../tracing/index.ts'
import { createAdminSite } from './admin-site.ts'
import { send, sendProblem } from './answers.ts'
import type { ApiRequest } from './api.ts'
import { compressForStrangers } from './compressed.ts'
import type { Documents } from './documents.ts'
import type { createMeasured, Seen } from './measured.ts'
import { createPortalProxy } from './portal-proxy.ts'
import { createProbeSite, type Probes } from './probes.ts'
import { gatewayRefusals } from './refusals.ts'
import { createStaticFiles } from './static-files.ts'

export interface FrontDoorOptions {
  readonly serveApi: (api: ApiRequest) => Promise<void>
  readonly documents: Documents
  /** Holds the plugins' pages, by their hashes. */
  readonly pluginAssetsRoot: string
  readonly adminRoot: string | undefined
  readonly portalOrigin: string | undefined
  readonly themes: Pick<Themes, 'look' | 'file'> | undefined
  readonly measured: ReturnType<typeof createMeasured>
  readonly probes: Probes
  readonly log: Logger
}

interface Asked {
  readonly path: string
  readonly query: string
  readonly isOperator: boolean
  readonly seen: Seen
}

export interface FrontDoor {
  serve(request: IncomingMessage, response: ServerResponse, isOperator: boolean): Promise<void>
  /** A WebSocket that is the portal server's own. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  stop(): void
}

const immutable = { 'cache-control': 'public, max-age=31536000, immutable' }

/** Sends every request to the part it is for, by the beginning of its path. */
export function createFrontDoor(options: FrontDoorOptions): FrontDoor {
  const { serveApi, documents, log } = options
  const pluginAssets = createStaticFiles(options.pluginAssetsRoot)
  const admin =
    options.adminRoot === undefined ? undefined : createAdminSite(options.adminRoot, options.themes)
  const portal = options.portalOrigin === undefined ? undefined : createPortalProxy(options.portalOrigin)

  const serveProbe = createProbeSite(options.probes)

  function refuse(request: IncomingMessage, response: ServerResponse, error: unknown, seen: Seen): void {
    const place = `${request.method} ${request.url}`
    const { requestId } = seen
    const problem = toProblem(error, { log, place, ...(requestId === '' ? {} : { requestId }) })
    if (problem.status >= 500) seen.fail(error)
    sendProblem(request, response, problem, requestId === '' ? {} : { 'x-request-id': requestId })
  }

  async function serveAsset(
    request: IncomingMessage,
    response: ServerResponse,
    { path, seen }: Asked,
  ): Promise<void> {
    if (await pluginAssets.serve(request, response, path.slice('/_plugins'.length), immutable)) return
    refuse(request, response, gatewayRefusals.route_not_found(), seen)
  }

  /** An image of a logo never runs what is in it, and is no page to be opened either. */
  async function serveLookFile(
    request: IncomingMessage,
    response: ServerResponse,
    { path, seen }: Asked,
  ): Promise<void> {
    const file = await options.themes?.file(path.slice('/_themes'.length))
    if (!file) return refuse(request, response, gatewayRefusals.route_not_found(), seen)
    const { type, body } = file
    compressForStrangers(request, response)
    const headers = {
      'content-type': type,
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    send(request, response, { status: 200, headers: { ...immutable, ...headers }, body })
  }

  function serveBelowApi(
    request: IncomingMessage,
    response: ServerResponse,
    asked: Asked,
  ): Promise<void> | void {
    const { query, isOperator, seen } = asked
    const path = asked.path.slice('/api'.length)
    if (documents.serveApiDocument(request, response, path)) {
      seen.route = '/api/docs'
      return
    }
    return serveApi({ request, response, path, query, isOperator, seen })
  }

  /** The portal's server goes on with the trace, and its pages can show the request's id. */
  async function servePortal(request: IncomingMessage, response: ServerResponse, seen: Seen): Promise<void> {
    if (!portal) return refuse(request, response, gatewayRefusals.route_not_found(), seen)
    const traceparent = activeTraceparent()
    seen.owner = 'portal'
    if (seen.requestId !== '' && traceparent !== undefined) {
      seen.route = 'pages'
      request.headers.traceparent = traceparent
      request.headers['x-request-id'] = seen.requestId
      response.setHeader('x-request-id', seen.requestId)
    }
    compressForStrangers(request, response)
    await portal.serve(request, response)
  }

  async function route(request: IncomingMessage, response: ServerResponse, asked: Asked): Promise<void> {
    const { path, seen } = asked
    if (path.startsWith('/api/')) return serveBelowApi(request, response, asked)
    if (path.startsWith('/_plugins/')) return serveAsset(request, response, asked)
    if (path.startsWith('/_themes/')) return serveLookFile(request, response, asked)
    if (path.startsWith('/problems/')) {
      seen.route = '/problems/:code'
      return documents.serveProblemPage(
        request,
        response,
        decodeURIComponent(path.slice('/problems/'.length)),
      )
    }
    if (path === '/api' || path === '/problems') {
      const location = path === '/api' ? '/api/docs' : '/problems/'
      return send(request, response, { status: 308, headers: { location }, body: '' })
    }
    if (await serveProbe(request, response, asked)) {
      seen.route = path
      return
    }
    if (admin && (path === '/admin' || path.startsWith('/admin/'))) {
      seen.owner = 'admin'
      if (seen.route === 'unmatched') seen.route = 'pages'
      return admin(request, response, path.slice('/admin'.length))
    }
    return servePortal(request, response, seen)
  }

  return {
    serve(request, response, isOperator) {
      const url = request.url ?? '/'
      const mark = url.indexOf('?')
      const path = mark === -1 ? url : url.slice(0, mark)
      const query = mark === -1 ? '' : url.slice(mark + 1)
      return options.measured(request, response, path, async (seen) => {
        try {
          await route(request, response, { path, query, isOperator, seen })
        } catch (error) {
          const reason = error instanceof URIError ? gatewayRefusals.route_not_found() : error
          refuse(request, response, reason, seen)
        }
      })
    },
    upgrade(request, socket, head) {
      if (request.url?.startsWith('/_nuxt/')) portal?.connect(request, socket, head)
    },
    stop: () => portal?.stop(),
  }
}
