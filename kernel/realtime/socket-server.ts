import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { assertAccess, createLogger, toProblem, ulid, type Logger, type Principal } from '../broker/index.ts'
import type { Access } from '../contract/index.ts'
import type { Authenticate, Visitor } from '../identity/index.ts'
import { takeMessages } from './incoming.ts'
import type { SocketConnection, SocketHandler } from './sockets.ts'

export interface SocketEndpoint {
  readonly name: string
  /** `/spot/stream` */
  readonly path: string
  readonly permission: Access
}

export interface SocketServerOptions {
  readonly authenticate: Authenticate
  readonly log?: Logger
}

/** Plain WebSocket endpoints of many owners. Connections are the kernel's: code behind them comes and goes. */
export interface SocketServer {
  attach(server: HttpServer): void
  /** The owner's endpoints from now on. Connections to those that stay are told to the new handlers as resumed. */
  publish(
    owner: string,
    endpoints: readonly SocketEndpoint[],
    handlers: Readonly<Record<string, SocketHandler>>,
  ): void
  /** Ends the owner's connections: clients may come again when it is back. */
  withdraw(owner: string): void
  setDisabled(owner: string, names: readonly string[]): void
  /** Looks at the sessions of a user's connections again, or of everybody's for `null`. */
  refresh(userId: string | null): Promise<void>
  readonly count: number
  stop(): void
}

interface Served {
  readonly owner: string
  readonly endpoint: SocketEndpoint
  readonly handler: SocketHandler
}

interface Client {
  readonly socket: WebSocket
  readonly connection: SocketConnection
  readonly cookie: string | undefined
  visitor: Visitor
  served: Served
  isAlive: boolean
}

const PREFIX = '/ws'
const MESSAGE_BYTES_MAX = 64 * 1024
const BUFFERED_BYTES_MAX = 1024 * 1024
const CLIENTS_MAX = 10_000
const PING_MS = 30_000
/** What clients are told when they are cut off; RFC 6455's own codes. */
const codes = { goingAway: 1001, malformed: 1007, notAllowed: 1008, tooSlow: 1013, bug: 1011 } as const

function isSameOrigin({ headers: { origin, host } }: IncomingMessage): boolean {
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}

/** Any user for `null`. */
function isUser(principal: Principal, userId: string | null): boolean {
  return principal.kind === 'user' && (userId === null || principal.userId === userId)
}

export function createSocketServer({
  authenticate,
  log = createLogger('sockets'),
}: SocketServerOptions): SocketServer {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
  })
  const served = new Map<string, Served>()
  const disabled = new Map<string, ReadonlySet<string>>()
  const clients = new Set<Client>()

  function refuse(socket: Duplex, status: string): void {
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
  }

  /** Code of a plugin: what it throws ends one connection and is logged. */
  async function guarded(client: Client, work: () => void | Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const { type, title, status } = toProblem(error, { log, place: client.served.endpoint.name })
      const isBug = status >= 500
      if (!isBug) client.connection.send({ problem: { type, title, status } })
      else client.socket.close(codes.bug, 'The server failed.')
    }
  }

  function send(socket: WebSocket, name: string, message: unknown): void {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > BUFFERED_BYTES_MAX) {
      log.warn('a client of a socket reads too slowly and was cut off', { socket: name })
      socket.close(codes.tooSlow, 'You read too slowly; come again and start from a snapshot.')
      // The close frame waits behind the rest: who does not read does not get it.
      setTimeout(() => socket.terminate(), 1_000).unref()
      return
    }
    socket.send(JSON.stringify(message))
  }

  function welcome(socket: WebSocket, request: IncomingMessage, visitor: Visitor, entry: Served): void {
    const { searchParams } = new URL(request.url ?? '/', 'ws://platform')
    let state: unknown = null
    const client: Client = {
      socket,
      visitor,
      served: entry,
      isAlive: true,
      cookie: request.headers.cookie,
      connection: Object.freeze({
        id: ulid(),
        principal: visitor.principal,
        query: Object.freeze(Object.fromEntries(searchParams)),
        get state() {
          return state
        },
        keep: (next: unknown) => {
          state = structuredClone(next)
        },
        send: (message: unknown) => send(socket, entry.endpoint.name, message),
        close: (code = 1000, reason = '') => socket.close(code, reason),
      }),
    }
    clients.add(client)
    socket.on('pong', () => (client.isAlive = true))
    socket.on('error', () => socket.terminate())
    takeMessages(socket, async (data) => {
      client.isAlive = true
      let message: unknown
      try {
        message = JSON.parse(data.toString('utf8'))
      } catch {
        return socket.close(codes.malformed, 'Messages are JSON.')
      }
      await guarded(client, () => client.served.handler.message(client.connection, message))
    })
    socket.once('close', () => {
      clients.delete(client)
      void guarded(client, () => client.served.handler.close?.(client.connection))
    })
    void guarded(client, () => client.served.handler.open(client.connection, false))
  }

  /** Who serves the address now; nobody while the endpoint is switched off. */
  function servedAt(request: IncomingMessage): Served | undefined {
    const { pathname } = new URL(request.url ?? '/', 'ws://platform')
    const entry = served.get(pathname.slice(PREFIX.length))
    return entry && disabled.get(entry.owner)?.has(entry.endpoint.name) ? undefined : entry
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Until the upgrade nobody else hears of a connection that is reset, which would end the process.
    socket.on('error', () => socket.destroy())
    if (!servedAt(request)) return refuse(socket, '404 Not Found')
    if (!isSameOrigin(request)) return refuse(socket, '403 Forbidden')
    if (clients.size >= CLIENTS_MAX) return refuse(socket, '503 Service Unavailable')
    const visitor = await authenticate(request.headers.cookie)
    // Its plugin may have been replaced or disabled meanwhile.
    const entry = servedAt(request)
    if (!entry) return refuse(socket, '404 Not Found')
    try {
      assertAccess(entry.endpoint.permission, visitor.principal)
    } catch {
      return refuse(socket, visitor.principal.kind === 'anonymous' ? '401 Unauthorized' : '403 Forbidden')
    }
    server.handleUpgrade(request, socket, head, (webSocket) => welcome(webSocket, request, visitor, entry))
  }

  /** Its code knows the client as the user who came: without that session it ends, even where strangers may come. */
  async function refreshClient(client: Client): Promise<void> {
    const before = client.visitor.principal
    client.visitor = await authenticate(client.cookie)
    const { principal } = client.visitor
    try {
      assertAccess(client.served.endpoint.permission, principal)
      if (before.kind === 'user' && isUser(principal, before.userId)) return
    } catch {
      // It may not be here any more.
    }
    client.socket.close(codes.notAllowed, 'Your session has ended.')
  }

  function endAll(isOver: (client: Client) => boolean, reason: string): void {
    for (const client of clients) if (isOver(client)) client.socket.close(codes.goingAway, reason)
  }

  const pinging = setInterval(() => {
    for (const client of clients) {
      if (!client.isAlive) client.socket.terminate()
      client.isAlive = false
      client.socket.ping()
    }
  }, PING_MS)
  pinging.unref()

  return {
    attach(http) {
      http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        if (!request.url?.startsWith(`${PREFIX}/`)) return
        upgrade(request, socket, head).catch((error: unknown) => {
          log.error('a socket could not be opened', { error })
          refuse(socket, '503 Service Unavailable')
        })
      })
    },
    publish(owner, endpoints, handlers) {
      const before = new Map([...served].filter(([, one]) => one.owner === owner))
      for (const path of before.keys()) served.delete(path)
      for (const endpoint of endpoints) {
        const handler = handlers[endpoint.name]
        if (!handler) throw new Error(`No code behind the socket ${endpoint.name}.`)
        served.set(endpoint.path, { owner, endpoint, handler })
      }
      endAll(
        (one) => one.served.owner === owner && !served.has(one.served.endpoint.path),
        'This endpoint is gone.',
      )
      for (const client of clients) {
        const next = served.get(client.served.endpoint.path)
        if (client.served.owner !== owner || !next) continue
        const { handler } = client.served
        void guarded(client, () => handler.close?.(client.connection))
        client.served = next
        void guarded(client, () => next.handler.open(client.connection, true))
      }
    },
    withdraw(owner) {
      for (const [path, one] of served) if (one.owner === owner) served.delete(path)
      endAll((one) => one.served.owner === owner, 'This product is not enabled.')
    },
    setDisabled(owner, names) {
      disabled.set(owner, new Set(names))
      endAll((one) => one.served.owner === owner && names.includes(one.served.endpoint.name), 'Switched off.')
    },
    async refresh(userId) {
      const results = await Promise.allSettled(
        [...clients]
          .filter(({ visitor: { principal } }) => isUser(principal, userId))
          .map((client) => refreshClient(client)),
      )
      const failed = results.find((result) => result.status === 'rejected')
      if (failed) log.warn('sessions of sockets could not be checked', { error: failed.reason as unknown })
    },
    get count() {
      return clients.size
    },
    stop() {
      clearInterval(pinging)
      endAll(() => true, 'The platform stops.')
      for (const client of clients) client.socket.terminate()
      server.close()
    },
  }
}
