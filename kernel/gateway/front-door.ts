import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from '../broker/index.ts'
import { toProblem } from '../broker/index.ts'
import type { Themes } from '../themes/index.ts'
import { createAdminSite } from './admin-site.ts'
import { send, sendProblem } from './answers.ts'
import type { ApiRequest } from './api.ts'
import type { Documents } from './documents.ts'
import { createPortalProxy } from './portal-proxy.ts'
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
  readonly log: Logger
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

  function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    sendProblem(request, response, toProblem(error, { log, place: `${request.method} ${request.url}` }))
  }

  async function serveAsset(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (await pluginAssets.serve(request, response, path, immutable)) return
    refuse(request, response, gatewayRefusals.route_not_found())
  }

  /** An image of a logo never runs what is in it, and is no page to be opened either. */
  async function serveLookFile(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<void> {
    const file = await options.themes?.file(path)
    if (!file) return refuse(request, response, gatewayRefusals.route_not_found())
    const { type, body } = file
    const headers = {
      'content-type': type,
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    send(request, response, { status: 200, headers: { ...immutable, ...headers }, body })
  }

  async function route(
    request: IncomingMessage,
    response: ServerResponse,
    isOperator: boolean,
  ): Promise<void> {
    const url = request.url ?? '/'
    const mark = url.indexOf('?')
    const path = mark === -1 ? url : url.slice(0, mark)
    if (path.startsWith('/api/')) {
      const below = path.slice('/api'.length)
      if (documents.serveApiDocument(request, response, below)) return
      return serveApi({
        request,
        response,
        path: below,
        query: mark === -1 ? '' : url.slice(mark + 1),
        isOperator,
      })
    }
    if (path.startsWith('/_plugins/')) return serveAsset(request, response, path.slice('/_plugins'.length))
    if (path.startsWith('/_themes/')) return serveLookFile(request, response, path.slice('/_themes'.length))
    if (path.startsWith('/problems/')) {
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
    if (admin && (path === '/admin' || path.startsWith('/admin/'))) {
      return admin(request, response, path.slice('/admin'.length))
    }
    if (portal) return portal.serve(request, response)
    refuse(request, response, gatewayRefusals.route_not_found())
  }

  return {
    async serve(request, response, isOperator) {
      try {
        await route(request, response, isOperator)
      } catch (error) {
        refuse(request, response, error instanceof URIError ? gatewayRefusals.route_not_found() : error)
      }
    },
    upgrade(request, socket, head) {
      if (request.url?.startsWith('/_nuxt/')) portal?.connect(request, socket, head)
    },
    stop: () => portal?.stop(),
  }
}
