import type { IncomingMessage, Server as HttpServer } from 'node:http'
import { Server, type Socket } from 'socket.io'
import { assertAccess, createLogger, toProblem, type Logger, type Principal } from '../broker/index.ts'
import { anonymousVisitor, type Authenticate, type Visitor } from '../identity/index.ts'
import type { Channel, Channels, ChannelSource } from '../channels.ts'
import { isSlow, whenDrained } from './back-pressure.ts'
import { createOutbox, type ChannelMessage } from './outbox.ts'
import { realtimeRefusals } from './refusals.ts'
import { createSocketServer, type SocketServer } from './socket-server.ts'

export interface RealtimeOptions {
  readonly authenticate: Authenticate
  readonly log?: Logger
}

export interface Realtime extends Channels {
  /** Listens on the front door, below `/socket.io/`. */
  attach(server: HttpServer): void
  /** Somebody is subscribed to `name:key` here: what costs something to put together need not be for nobody. */
  isWatched(name: string, key: string): boolean
  /** Takes the owner's channels away; subscribers are told and may ask again. */
  removeOwner(owner: string): void
  /** Open connections of pages, and of plain WebSocket endpoints. */
  counts(): { readonly connections: number; readonly endpoints: number }
  /**
   * Looks at the sessions of a user's connections again, or of everybody's for `null`: ends those without a session, and
   * what they may no longer see.
   */
  refresh(userId: string | null): Promise<void>
  /** Plain WebSocket endpoints, below `/ws/`. */
  readonly sockets: Pick<SocketServer, 'publish' | 'withdraw' | 'setDisabled'>
  stop(): Promise<void>
}

interface Provided {
  readonly owner: string
  readonly channel: Channel
  readonly source: ChannelSource
}

type Answer = (
  answer: { ok: true; snapshot: unknown } | { ok: false; problem: ReturnType<typeof toProblem> },
) => void

interface ClientEvents {
  subscribe(request: unknown, answer: unknown): void
  unsubscribe(request: unknown): void
}

interface ServerEvents {
  message(message: ChannelMessage): void
}

interface SocketData {
  visitor: Visitor
  /** Room by the name the client knows the channel under. */
  subscriptions: Map<string, string>
}

type ClientSocket = Socket<ClientEvents, ServerEvents, Record<string, never>, SocketData>

const SUBSCRIPTIONS_MAX = 200
const CHANNEL_LENGTH_MAX = 200
const REQUEST_BYTES_MAX = 16 * 1024
const SESSION_CHECK_MS = 60_000

function isSameOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}

function channelOf(request: unknown): { wire: string; name: string; key: string } {
  const wire = (request as { channel?: unknown } | null)?.channel
  if (typeof wire !== 'string' || wire.length > CHANNEL_LENGTH_MAX) throw realtimeRefusals.request_malformed()
  const colon = wire.indexOf(':')
  if (colon < 1 || colon === wire.length - 1) throw realtimeRefusals.request_malformed()
  return { wire, name: wire.slice(0, colon), key: wire.slice(colon + 1) }
}

/** The key as the kernel knows it. A user's own channel is asked for as `me`: nobody can name somebody else's. */
function insideKey({ channel }: Provided, key: string, principal: Principal): string {
  if (channel.access !== 'user') {
    assertAccess(channel.access, principal)
    return key
  }
  assertAccess('signedIn', principal)
  if (key !== 'me' || principal.kind !== 'user') throw realtimeRefusals.channel_not_found()
  return principal.userId
}

function userRoom(userId: string): string {
  return `user ${userId}`
}

export function createRealtime({ authenticate, log = createLogger('realtime') }: RealtimeOptions): Realtime {
  const provided = new Map<string, Provided>()
  const io = new Server<ClientEvents, ServerEvents, Record<string, never>, SocketData>({
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: REQUEST_BYTES_MAX,
    destroyUpgrade: false,
    allowRequest: (request, decide) => decide(null, isSameOrigin(request)),
  })
  const outbox = createOutbox(deliver)
  const sockets = createSocketServer({ authenticate, log })

  function wireName(name: string, key: string): string {
    return provided.get(name)?.channel.access === 'user' ? `${name}:me` : `${name}:${key}`
  }

  function socketsIn(room: string): ClientSocket[] {
    const ids = io.of('/').adapter.rooms.get(room) ?? new Set<string>()
    return [...ids].flatMap((id) => io.of('/').sockets.get(id) ?? [])
  }

  /** A connection that cannot keep up loses the channel and asks for a new snapshot when it can read again. */
  function deliver(room: string, message: ChannelMessage): void {
    for (const socket of socketsIn(room)) {
      if (!isSlow(socket.conn)) continue
      leave(socket, message.channel)
      whenDrained(socket.conn, () =>
        socket.emit('message', { channel: message.channel, data: null, closed: true }),
      )
    }
    io.to(room).emit('message', message)
  }

  function leave(socket: ClientSocket, wire: string): void {
    const room = socket.data.subscriptions.get(wire)
    if (room === undefined) return
    socket.data.subscriptions.delete(wire)
    void socket.leave(room)
  }

  function close(socket: ClientSocket, wire: string): void {
    leave(socket, wire)
    socket.emit('message', { channel: wire, data: null, closed: true })
  }

  function closeChannel(name: string): void {
    outbox.flush()
    for (const socket of io.of('/').sockets.values()) {
      for (const wire of [...socket.data.subscriptions.keys()]) {
        if (wire.startsWith(`${name}:`)) close(socket, wire)
      }
    }
  }

  async function subscribe(socket: ClientSocket, request: unknown): Promise<unknown> {
    const { wire, name, key } = channelOf(request)
    const entry = provided.get(name)
    if (!entry) throw realtimeRefusals.channel_not_found({ channel: wire })
    const { principal } = socket.data.visitor
    const inside = insideKey(entry, key, principal)
    if (socket.data.subscriptions.size >= SUBSCRIPTIONS_MAX) throw realtimeRefusals.exceeds_subscriptions()
    const room = `${name}:${inside}`
    // What was published before this moment is in the snapshot; joining later would miss what comes in between.
    socket.data.subscriptions.set(wire, room)
    await socket.join(room)
    try {
      return await entry.source({ key: inside, principal })
    } catch (error) {
      leave(socket, wire)
      throw error
    }
  }

  async function answerSubscribe(socket: ClientSocket, request: unknown, answer: unknown): Promise<void> {
    if (typeof answer !== 'function') return
    const respond = answer as Answer
    try {
      respond({ ok: true, snapshot: await subscribe(socket, request) })
    } catch (error) {
      respond({ ok: false, problem: toProblem(error, { log, place: 'subscription' }) })
    }
  }

  function welcome(socket: ClientSocket): void {
    const { principal } = socket.data.visitor
    if (principal.kind === 'user') void socket.join(userRoom(principal.userId))
    // The upgrade request with its buffers would live as long as the connection.
    ;(socket.conn as unknown as { request: unknown }).request = null
    socket.on('subscribe', (request, answer) => void answerSubscribe(socket, request, answer))
    socket.on('unsubscribe', (request) => {
      const wire = (request as { channel?: unknown } | null)?.channel
      if (typeof wire === 'string') leave(socket, wire)
    })
  }

  async function refreshSocket(socket: ClientSocket): Promise<void> {
    const before = socket.data.visitor.principal
    const visitor = await authenticate(socket.handshake.headers.cookie)
    const { principal } = visitor
    if (principal.kind !== 'user' || before.kind !== 'user' || principal.userId !== before.userId) {
      socket.disconnect(true)
      return
    }
    socket.data.visitor = visitor
    for (const wire of [...socket.data.subscriptions.keys()]) {
      const { name, key } = channelOf({ channel: wire })
      const entry = provided.get(name)
      try {
        if (entry) insideKey(entry, key, principal)
      } catch {
        close(socket, wire)
      }
    }
  }

  async function refreshAll(sockets: readonly ClientSocket[]): Promise<void> {
    const results = await Promise.allSettled(sockets.map((socket) => refreshSocket(socket)))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) log.warn('Sessions of connections could not be checked', { error: failed.reason as unknown })
  }

  io.use((socket, next) => {
    socket.data.visitor = anonymousVisitor
    socket.data.subscriptions = new Map()
    authenticate(socket.handshake.headers.cookie).then(
      (visitor) => {
        socket.data.visitor = visitor
        next()
      },
      (error: unknown) => {
        log.error('A connection could not be authenticated', { error })
        next(new Error('unavailable'))
      },
    )
  })
  io.on('connection', welcome)

  const signedIn = (): ClientSocket[] =>
    [...io.of('/').sockets.values()].filter((socket) => socket.data.visitor.sessionId !== null)

  // A session may end by itself, which nobody announces.
  const checking = setInterval(() => {
    void refreshAll(signedIn())
    void sockets.refresh(null)
  }, SESSION_CHECK_MS)
  checking.unref()

  return {
    attach(server) {
      io.attach(server)
      sockets.attach(server)
    },
    provide(owner, channel, source) {
      const before = provided.get(channel.name)
      if (before && before.owner !== owner)
        throw new Error(`${channel.name} is a channel of ${before.owner}.`)
      if (before && before.channel.access !== channel.access) closeChannel(channel.name)
      provided.set(channel.name, { owner, channel, source })
    },
    publish: (name, key, message) => outbox.add(`${name}:${key}`, wireName(name, key), message),
    isWatched: (name, key) => io.of('/').adapter.rooms.has(`${name}:${key}`),
    counts: () => ({ connections: io.of('/').sockets.size, endpoints: sockets.count }),
    removeOwner(owner) {
      for (const entry of [...provided.values()]) {
        if (entry.owner !== owner) continue
        closeChannel(entry.channel.name)
        provided.delete(entry.channel.name)
      }
    },
    async refresh(userId) {
      await sockets.refresh(userId)
      await refreshAll(userId === null ? signedIn() : socketsIn(userRoom(userId)))
    },
    sockets,
    async stop() {
      clearInterval(checking)
      sockets.stop()
      io.disconnectSockets(true)
      // A seed brings up everything but the front door.
      ;(io.engine as typeof io.engine | undefined)?.close()
      await io.of('/').adapter.close()
    },
  }
}
