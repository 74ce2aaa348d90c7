import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { apiDocsPage } from './api-docs.ts'
import { send, sendJson, sendPage } from './answers.ts'
import type { Epoch } from './epoch.ts'
import { openApiDocument } from './open-api.ts'
import { problemIndex, problemPage } from './problem-pages.ts'
import { document } from './pages.ts'

interface Asset {
  readonly body: Buffer
  readonly type: string
  readonly etag: string
}

function asset(file: string, type: string): Asset {
  const body = readFileSync(new URL(`assets/${file}`, import.meta.url))
  return { body, type, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 20)}"` }
}

const assets: ReadonlyMap<string, Asset> = new Map([
  ['/docs/kernel.css', asset('kernel.css', 'text/css; charset=utf-8')],
  ['/docs/docs.js', asset('docs.js', 'text/javascript; charset=utf-8')],
])

function sendAsset(request: IncomingMessage, response: ServerResponse, { body, type, etag }: Asset): void {
  const isKnown = request.headers['if-none-match'] === etag
  send(request, response, {
    status: isKnown ? 304 : 200,
    headers: { 'content-type': type, etag, 'cache-control': 'no-cache' },
    body: isKnown ? '' : body,
  })
}

const notFoundPage = document({
  title: 'Not found',
  main: '<h1>There is no such problem</h1><p><a href="/problems/">All problems</a></p>',
})

/** The pages and documents made of the declarations; they follow the routes of the moment. */
export interface Documents {
  /** Answers when `path`, below `/api`, is one of its own. */
  serveApiDocument(request: IncomingMessage, response: ServerResponse, path: string): boolean
  serveProblemPage(request: IncomingMessage, response: ServerResponse, code: string): void
}

export function createDocuments(currentEpoch: () => Epoch): Documents {
  const cached = new WeakMap<Epoch, { openApi: object; docs: string }>()

  function current(): { openApi: object; docs: string } {
    const epoch = currentEpoch()
    const known = cached.get(epoch)
    if (known) return known
    const made = { openApi: openApiDocument(epoch.routesByOwner), docs: apiDocsPage(epoch.routesByOwner) }
    cached.set(epoch, made)
    return made
  }

  return {
    serveApiDocument(request, response, path) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return false
      const file = assets.get(path)
      if (file) sendAsset(request, response, file)
      else if (path === '/openapi.json') sendJson(request, response, current().openApi)
      else if (path === '/docs') sendPage(request, response, { body: current().docs })
      else return false
      return true
    },
    serveProblemPage(request, response, code) {
      const body = code === '' ? problemIndex() : problemPage(code)
      sendPage(request, response, { status: body === undefined ? 404 : 200, body: body ?? notFoundPage })
    },
  }
}
