import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** Where a request came from. */
export interface Origin {
  readonly address: string
  readonly isSecure: boolean
  /** It came from this machine, and not through a proxy on it. */
  readonly isLocal: boolean
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}

/** What a proxy says about its client is believed only when the proxy runs on this machine. */
export function originOf(request: IncomingMessage): Origin {
  const socket: Socket & { readonly encrypted?: boolean } = request.socket
  // IPv4 in IPv6's clothes is the same client.
  const peer = (socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '')
  const isEncrypted = socket.encrypted === true
  if (!isLoopback(peer)) return { address: peer, isSecure: isEncrypted, isLocal: false }
  const { 'x-forwarded-for': forwarded, 'x-forwarded-proto': protocol } = request.headers
  const isSecure = isEncrypted || protocol === 'https'
  // The last entry is the one our own proxy wrote.
  const client = String(forwarded ?? '')
    .split(',')
    .at(-1)
    ?.trim()
  return client
    ? { address: client, isSecure, isLocal: isLoopback(client) }
    : { address: peer, isSecure, isLocal: true }
}
