import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Problem } from '../contract/index.ts'

/** On every answer of the front door; pages add a policy of their own. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
}

const nothingAllowed = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

export type Headers = Readonly<Record<string, string | number>>

/** Writes everything with its length in one go; a HEAD request gets the same without the body. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: { readonly status: number; readonly headers: Headers; readonly body: string | Buffer },
): void {
  if (response.headersSent || response.destroyed) return
  const { status, headers, body } = answer
  response.writeHead(status, { ...securityHeaders, ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** Merged once: this is what nearly every request is answered with. */
const jsonHeaders: Headers = {
  ...securityHeaders,
  'cache-control': 'no-store',
  'content-security-policy': nothingAllowed,
  'content-type': 'application/json; charset=utf-8',
}

function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  answer: { readonly status: number; readonly headers: Headers; readonly body: string },
): void {
  if (response.headersSent || response.destroyed) return
  const { status, headers, body } = answer
  response.writeHead(status, { ...jsonHeaders, ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(request.method === 'HEAD' ? undefined : body)
}

export function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  value: unknown,
  headers: Headers = {},
): void {
  sendText(request, response, { status: 200, headers, body: JSON.stringify(value ?? null) })
}

export function sendProblem(
  request: IncomingMessage,
  response: ServerResponse,
  problem: Problem,
  headers: Headers = {},
): void {
  const seconds = problem.retryAfterSeconds
  sendText(request, response, {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      ...(typeof seconds === 'number' ? { 'retry-after': seconds } : {}),
      ...headers,
    },
    body: JSON.stringify(problem),
  })
}

/** A page of the kernel's own: nothing from elsewhere, nothing inline. */
export function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  page: { readonly status?: number; readonly body: string; readonly headers?: Headers },
): void {
  send(request, response, {
    status: page.status ?? 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': `${nothingAllowed}; style-src 'self'; script-src 'self'; img-src 'self'`,
      ...page.headers,
    },
    body: page.body,
  })
}
