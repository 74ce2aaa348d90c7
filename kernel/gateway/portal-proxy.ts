import { Agent, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createProxyServer } from 'httpxy'
import { sendPage, sendProblem } from './answers.ts'
import { problemType } from '../contract/index.ts'
import { originOf } from './origin.ts'
import { document } from './pages.ts'
import { gatewayRefusals } from './refusals.ts'

const startingPage = document({
  title: 'Starting',
  head: '<meta http-equiv="refresh" content="2">',
  main: `<h1>One moment</h1><p>${gatewayRefusals.portal_unavailable.message} This page looks again by itself.</p>`,
})

export interface PortalProxy {
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Joins a WebSocket to the portal's server: in development it tells tabs what was saved. */
  connect(request: IncomingMessage, socket: Duplex, head: Buffer): void
  stop(): void
}

/** Requests that may be sent twice: they change nothing and have no body that was read already. */
const repeatable = new Set(['GET', 'HEAD'])

/** Hands a request to the portal's server, telling it who asked. Without an answer there is a friendly page. */
export function createPortalProxy(origin: string): PortalProxy {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const proxy = createProxyServer({ target: origin, agent, xfwd: false, proxyTimeout: 60_000 })
  const sent = new WeakMap<IncomingMessage, ClientRequest>()
  proxy.on('proxyReq', (outgoing, request) => void sent.set(request, outgoing))

  /** A server may close an idle connection just when it is used again; that says nothing of the server. */
  async function askAgain(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
    const wasIdle = sent.get(request)?.reusedSocket === true
    const isUnanswered = !response.headersSent && !response.destroyed
    if (!wasIdle || !isUnanswered || !repeatable.has(request.method ?? '')) throw error
    await proxy.web(request, response, { agent: false })
  }

  function sendStarting(request: IncomingMessage, response: ServerResponse): void {
    if (response.headersSent) {
      response.destroy()
      return
    }
    // Who is still uploading reads no answer before the end: what the portal left unread is read away.
    request.unpipe()
    request.resume()
    if (String(request.headers.accept ?? '').includes('text/html')) {
      sendPage(request, response, { status: 503, body: startingPage, headers: { 'retry-after': 2 } })
      return
    }
    const { code, message: title, status } = gatewayRefusals.portal_unavailable
    sendProblem(request, response, { type: problemType(code), title, status, retryable: true })
  }

  return {
    async serve(request, response) {
      const { address, isSecure } = originOf(request)
      request.headers['x-forwarded-for'] = address
      request.headers['x-forwarded-proto'] = isSecure ? 'https' : 'http'
      request.headers['x-forwarded-host'] = request.headers.host ?? ''
      try {
        await proxy.web(request, response).catch((error: unknown) => askAgain(request, response, error))
      } catch {
        sendStarting(request, response)
      }
    },
    connect(request, socket, head) {
      socket.on('error', () => socket.destroy())
      proxy.ws(request, socket as Socket, {}, head).catch(() => socket.destroy())
    },
    stop: () => agent.destroy(),
  }
}
