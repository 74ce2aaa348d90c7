import { chmodSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

export interface Listener {
  readonly server: Server
  listen(): Promise<void>
  /** Takes no new connection, lets requests end until the deadline, then cuts what is left. WebSockets are cut at once. */
  close(deadlineMs: number): Promise<void>
}

type Place = { readonly port: number } | { readonly socketPath: string }
type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

const KEEP_ALIVE_MS = 65_000
const REQUEST_MS = 60_000
const HEADERS_MS = 15_000

/** Why the front door cannot open, in a sentence for the operator. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

function explain(error: NodeJS.ErrnoException, place: Place): Error {
  if (!('port' in place))
    return new ListenError(`The socket ${place.socketPath} cannot be opened: ${error.message}`)
  if (error.code === 'EADDRINUSE') {
    return new ListenError(`Port ${place.port} is taken: stop what uses it, or choose another with PORT=…`)
  }
  return new ListenError(`Port ${place.port} cannot be opened: ${error.message}`)
}

export function createListener(place: Place, handle: Handler): Listener {
  let isClosing = false
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_MS, headersTimeout: HEADERS_MS },
    (request, response) => {
      if (isClosing) response.setHeader('connection', 'close')
      void handle(request, response)
    },
  )

  // They are no requests any more: the server waits for them without an end, and closes none of them by itself.
  const upgraded = new Set<Duplex>()
  server.on('upgrade', (_, socket) => {
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
  })

  function listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      server.once('error', (error) => reject(explain(error, place)))
      if ('port' in place) {
        server.listen(place.port, resolve)
        return
      }
      // Left behind by a process that was killed; a living one would hold the port as well.
      rmSync(place.socketPath, { force: true })
      server.listen(place.socketPath, () => {
        chmodSync(place.socketPath, 0o600)
        resolve()
      })
    })
  }

  return {
    server,
    listen,
    async close(deadlineMs) {
      isClosing = true
      if (!server.listening) return
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      for (const socket of upgraded) socket.destroy()
      const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs)
      await closed
      clearTimeout(deadline)
    },
  }
}
