import type { Knex } from 'knex'
import type { Implementation, Logger } from '../broker/index.ts'
import type { ChannelPublisher, ChannelSource } from '../realtime/channels.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Ledger } from '../ledger/ledger.ts'

/**
 * What the kernel hands a generation of a plugin. Everything acquired through it is released by the kernel when the
 * generation is disposed: authors write no unregister code.
 */
export interface PluginKernel {
  readonly pluginId: string
  readonly generation: number
  /** The platform shows itself: seed what makes a first look worth it, labelled as demonstration. */
  readonly isDemo: boolean
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
