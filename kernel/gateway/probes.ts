import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { send } from './answers.ts'
import { originOf } from './origin.ts'

/** One part that has to work for this node to serve. */
export interface ReadyPart {
  readonly name: string
  readonly isReady: boolean
  readonly durationMs: number
  /** For operators: strangers are told only which part it is. */
  readonly reason?: string
}

export interface Readiness {
  readonly isReady: boolean
  readonly parts: readonly ReadyPart[]
}

/** What programs ask of a node: whether it lives, whether to send it requests, and its figures. */
export interface Probes {
  ready(): Promise<Readiness>
  expose(): Promise<string>
  /** Lets a scraper on another machine read the figures. */
  readonly metricsToken?: string | undefined
}

const plainHeaders = { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' }

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** A program on this machine that came through no proxy, the operator's socket, or the bearer of the token. */
function mayRead(request: IncomingMessage, isOperator: boolean, token: string | undefined): boolean {
  const isBehindProxy =
    request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined
  if (isOperator || (originOf(request).isLocal && !isBehindProxy)) return true
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  return token !== undefined && given !== undefined && timingSafeEqual(hash(given), hash(token))
}

/** Serves `/health/live`, `/health/ready` and `/metrics`; false when the path is another. */
export function createProbeSite(probes: Probes) {
  async function sendReady(
    request: IncomingMessage,
    response: ServerResponse,
    isKnown: boolean,
  ): Promise<void> {
    const { isReady, parts } = await probes.ready()
    const shown = parts.map(({ name, isReady: isPartReady, durationMs, reason }) => ({
      name,
      status: isPartReady ? 'ok' : 'failing',
      durationMs,
      ...(isKnown && reason !== undefined ? { reason } : {}),
    }))
    const body = JSON.stringify({ status: isReady ? 'ready' : 'unavailable', parts: shown })
    send(request, response, { status: isReady ? 200 : 503, headers: plainHeaders, body })
  }

  return async (
    request: IncomingMessage,
    response: ServerResponse,
    { path, isOperator }: { readonly path: string; readonly isOperator: boolean },
  ): Promise<boolean> => {
    const isKnown = mayRead(request, isOperator, probes.metricsToken)
    switch (path) {
      case '/health/live':
        send(request, response, { status: 200, headers: plainHeaders, body: '{"status":"alive"}' })
        return true
      case '/health/ready':
        await sendReady(request, response, isKnown)
        return true
      case '/metrics': {
        // To a stranger it is a page like any other that is not there.
        if (!isKnown) return false
        const headers = {
          'cache-control': 'no-store',
          'content-type': 'text/plain; version=0.0.4; charset=utf-8',
        }
        send(request, response, { status: 200, headers, body: await probes.expose() })
        return true
      }
      default:
        return false
    }
  }
}
