import type { Knex } from 'knex'
import type { ParamsOf, ResultOf, Route } from '../contract/index.ts'
import type { ChannelPublisher, ChannelSource } from '../realtime/channels.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** Who is calling. `system` is the kernel itself and the operator's command on this machine. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'system' }
  | { readonly kind: 'user'; readonly userId: string; readonly permissions: ReadonlySet<string> }

/** What a handler gets. */
export interface Call<X extends Route> {
  readonly params: ParamsOf<X>
  readonly principal: Principal
  /** The signed-in user's id. A bug to read it in a `public` route. */
  readonly userId: string
  readonly requestId: string
  /** Set when the route asks for one. */
  readonly idempotencyKey: string
  /** Aborted when the caller is gone or the generation is drained. */
  readonly signal: AbortSignal
  /** Calls another route as the same principal. */
  call<Y extends Route>(route: Y, params: ParamsOf<Y>): Promise<ResultOf<Y>>
}

export interface Implementation<X extends Route = Route> {
  readonly route: X
  readonly handler: (call: Call<X>) => Promise<ResultOf<X>>
}

/** Binds the code behind a route to its declaration; `call.params` and the result are typed by the route. */
export function implement<X extends Route>(
  route: X,
  handler: (call: Call<X>) => Promise<ResultOf<X>>,
): Implementation<X> {
  return { route, handler }
}

export interface Logger {
  info(message: string, data?: object): void
  warn(message: string, data?: object): void
  error(message: string, data?: object): void
}

/**
 * What the kernel hands a generation of a plugin. Everything acquired through it is released by the kernel when the
 * generation is disposed: authors write no unregister code.
 */
export interface PluginKernel {
  readonly pluginId: string
  readonly generation: number
  readonly log: Logger
  readonly database: Knex
  readonly ledger: Ledger
  readonly exchange: Exchange
  readonly channels: {
    /** Answers a subscriber's first look at a channel the manifest declares. */
    provide(name: string, source: ChannelSource): void
    readonly publish: ChannelPublisher
  }
  /** Aborted when this generation is disposed; long loops end on it. */
  readonly signal: AbortSignal
  readonly settings: Readonly<Record<string, unknown>>
  /** Runs when the generation is disposed, last registered first. */
  onDispose(dispose: () => void | Promise<void>): void
  /** Runs `work` every so often until disposed, never twice at once; a failure is logged and tried again. */
  every(ms: number, work: (signal: AbortSignal) => Promise<void>): void
  /** A loop of the plugin's own, awaited (up to the drain deadline) on dispose. */
  background(name: string, work: (signal: AbortSignal) => Promise<void>): void
}

/** What a started generation offers. */
export interface PluginServer {
  readonly implementations: readonly Implementation<never>[]
  /** Throws when the plugin cannot serve; asked by the probe before the flip, and by the watchdog afterwards. */
  readonly health?: () => Promise<void>
}

/** `plugins/<id>/server/server.ts` exports `start`. It must not touch anything before it is called. */
export type StartPlugin = (kernel: PluginKernel) => Promise<PluginServer>
