import type { Call, Client } from '../../../broker/implementation.ts'
import type { Clock } from '../../../clock.ts'
import { refusalCatalogue, type Route } from '../../../contract/index.ts'
import type { PluginServer } from '../../plugin-server.ts'
import type { SocketConnection } from '../../../realtime/sockets.ts'
import type { CallMessage, SocketMessage, StartedMessage } from '../messages.ts'
import type { Peer } from '../peer.ts'

type Handle = (call: Call<Route>) => Promise<unknown>
type Named = Readonly<Record<string, (argument: never) => unknown>>

/** What a started plugin offers, as the kernel asks for it by name. */
export class ServedPlugin {
  readonly #server: PluginServer
  readonly #peer: Peer
  readonly #handlers: ReadonlyMap<string, Handle>
  readonly #sockets = new Map<string, SocketConnection>()
  readonly #signals = new Map<number, AbortController>()
  readonly #clock: Clock

  constructor(server: PluginServer, peer: Peer, clock: Clock) {
    this.#server = server
    this.#peer = peer
    this.#clock = clock
    const handlers = server.implementations.map(
      ({ route, handler }) => [route.action, handler as unknown as Handle] as const,
    )
    if (new Map(handlers).size < handlers.length) throw new Error('A route is implemented twice.')
    this.#handlers = new Map(handlers)
  }

  describe(pluginId: string): StartedMessage {
    const { jobs, filters, strategies, listeners, sockets, search, onboarding, tasks } = this.#server
    const { exportUser, eraseUser, health } = this.#server
    const names = (members: object | undefined): string[] => Object.keys(members ?? {})
    const own = [...refusalCatalogue().values()].filter(({ code }) => code.startsWith(`${pluginId}.`))
    return {
      actions: [...this.#handlers.keys()],
      jobs: names(jobs),
      filters: names(filters),
      strategies: names(strategies),
      listeners: names(listeners),
      sockets: names(sockets),
      search: names(search),
      onboarding: names(onboarding),
      tasks: names(tasks),
      canExport: exportUser !== undefined,
      canErase: eraseUser !== undefined,
      hasHealth: health !== undefined,
      refusals: own.map(({ code, status, message, retryable = false }) => ({
        code,
        status,
        message,
        retryable,
      })),
    }
  }

  async health(): Promise<void> {
    await this.#server.health?.()
  }

  /** Answers the result, and the headers the handler set. */
  async handle(message: CallMessage): Promise<unknown> {
    const handler = this.#handlers.get(message.action)
    if (!handler) throw new Error(`${message.action} is not served.`)
    const headers: [string, string][] = []
    try {
      return [await handler(this.#call(message, headers)), headers]
    } finally {
      this.#signals.delete(message.id)
    }
  }

  abort(callId: number): void {
    this.#signals.get(callId)?.abort()
  }

  extension(
    group: 'jobs' | 'filters' | 'strategies' | 'listeners' | 'search' | 'onboarding' | 'tasks',
    name: string,
    argument: unknown,
  ): unknown {
    const member = (this.#server[group] as Named | undefined)?.[name]
    if (!member) throw new Error(`No code behind ${name}.`)
    const given = group === 'jobs' ? { ...(argument as object), clock: this.#clock } : argument
    return member(given as never)
  }

  exportUser(userId: string): unknown {
    return this.#server.exportUser?.(userId)
  }

  eraseUser(userId: string): unknown {
    return this.#server.eraseUser?.(userId)
  }

  socket(
    name: string,
    event: 'open' | 'message' | 'close',
    connection: SocketMessage,
    argument: unknown,
  ): unknown {
    const handler = this.#server.sockets?.[name]
    if (!handler) throw new Error(`No code behind ${name}.`)
    const known = this.#sockets.get(connection.id) ?? this.#connection(connection)
    if (event === 'open') return handler.open(known, argument === true)
    if (event === 'message') return handler.message(known, argument)
    this.#sockets.delete(connection.id)
    return handler.close?.(known)
  }

  #connection({ id, principal, query, state }: SocketMessage): SocketConnection {
    const peer = this.#peer
    let kept = state
    const connection: SocketConnection = {
      id,
      principal,
      query,
      get state() {
        return kept
      },
      keep: (next) => {
        kept = next
        peer.tell('socket.keep', [id, next])
      },
      send: (message) => peer.tell('socket.send', [id, message]),
      close: (code, reason) => peer.tell('socket.close', [id, code, reason]),
    }
    this.#sockets.set(id, connection)
    return connection
  }

  #call(message: CallMessage, headers: [string, string][]): Call<Route> {
    const { id, principal, requestId, idempotencyKey } = message
    const peer = this.#peer
    const signal = (): AbortSignal => {
      const known = this.#signals.get(id)
      if (known) return known.signal
      const controller = new AbortController()
      this.#signals.set(id, controller)
      // Most handlers never look: the kernel makes a signal only for those that do.
      peer.tell('call.watch', [id])
      return controller.signal
    }
    const client: Client | undefined = message.client && {
      ...message.client,
      setHeader: (name, value) => headers.push([name, value]),
    }
    return {
      params: message.params as never,
      principal,
      requestId,
      idempotencyKey,
      client,
      once: async <T>(work: (key: string) => Promise<T>) => {
        if (work.length === 0) throw new Error('What runs once must take the key and hand it on.')
        return (await work(idempotencyKey)) as never
      },
      get userId() {
        if (principal.kind === 'user') return principal.userId
        throw new Error('This call has no user: its principal must be looked at first.')
      },
      get signal() {
        return signal()
      },
      call: (route, params) => peer.ask('call.call', [id, route.action, params]) as never,
    }
  }
}
