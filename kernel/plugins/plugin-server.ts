import type { Knex } from 'knex'
import type { Implementation, Logger } from '../broker/index.ts'
import type { Clock } from '../clock.ts'
import type {
  AnswerOfStrategy,
  ContextOf,
  EventData,
  EventDeclaration,
  FilterPoint,
  LabelsOfMetric,
  MetricDeclaration,
  MetricLabels,
  RequestOf,
  StrategyPoint,
  ToggleDeclaration,
} from '../contract/index.ts'
import type { EventListener } from '../events/index.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { JobHandler, StartedRun, StartRun } from '../jobs/index.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { NewActivity } from '../activity/index.ts'
import type { IsStepDone } from '../onboarding/index.ts'
import type { SearchSource } from '../search/index.ts'
import type { NewNotice } from '../notifications/index.ts'
import type { ChannelPublisher, ChannelSource } from '../channels.ts'
import type { FindTasks } from '../tasks/index.ts'
import type { SocketHandler } from '../realtime/sockets.ts'

/** A user as a plugin may know one. */
export interface PluginUser {
  readonly id: string
  readonly email: string
  /** 0 to 9, set by an operator: what gates of products ask for. */
  readonly level: number
  /** An account of the platform's own, such as a market maker's. */
  readonly isHouse: boolean
  readonly createdAt: string
}

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
  /** Ask it, and never `Date.now()`, for time that decides about money or rights: tests move it. */
  readonly clock: Clock
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
  /** The values as they are now, defaults applied: read them where they are needed, do not keep them. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Told after the operator changed a value, on every node. */
  onSettingsChange(listener: (settings: Readonly<Record<string, unknown>>) => void | Promise<void>): void
  readonly filters: {
    /**
     * Asks every filter at a point of this plugin's or the kernel's; throws the refusal of the first that says no. Costs
     * nothing while nobody filters.
     */
    apply<P extends FilterPoint>(point: P, context: ContextOf<P>): Promise<void>
  }
  readonly toggles: {
    /** Whether a toggle of the manifest's is on for a user; null is a visitor. */
    isOn(toggle: ToggleDeclaration, userId: string | null): Promise<boolean>
  }
  readonly strategies: {
    /** Throws `filters.strategy_missing` while nobody answers. */
    ask<P extends StrategyPoint>(point: P, request: RequestOf<P>): Promise<AnswerOfStrategy<P>>
  }
  readonly events: {
    /**
     * Writes the event in the caller's transaction; every listener is told at least once after the commit. Events of one
     * `key` reach a listener in the order they were emitted.
     */
    emit<E extends EventDeclaration>(
      trx: Knex.Transaction,
      event: E,
      data: EventData<E>,
      options: { readonly key: string },
    ): Promise<void>
    /** The same for many at once, in one statement. */
    emitAll<E extends EventDeclaration>(
      trx: Knex.Transaction,
      event: E,
      items: readonly { readonly data: EventData<E>; readonly key: string }[],
    ): Promise<void>
  }
  readonly jobs: {
    /** Starts a run of a job of the manifest's. The same `key` again answers the run it started the first time. */
    start(name: string, data?: unknown, options?: StartRun): Promise<StartedRun>
  }
  readonly activity: {
    /**
     * Writes entries into the users' feeds, in the caller's transaction. Kinds are those of the manifest; an entry that is
     * written again under its key tells what became of it.
     */
    record(trx: Knex.Transaction, entries: readonly NewActivity[]): Promise<void>
  }
  readonly metrics: {
    /** Counts something once, or `by` times. What a label has no declared value for is left out. */
    count<L extends MetricLabels>(
      metric: MetricDeclaration<'counter', L>,
      labels: LabelsOfMetric<MetricDeclaration<'counter', L>>,
      by?: number,
    ): void
    set<L extends MetricLabels>(
      metric: MetricDeclaration<'gauge', L>,
      labels: LabelsOfMetric<MetricDeclaration<'gauge', L>>,
      value: number,
    ): void
    observe<L extends MetricLabels>(
      metric: MetricDeclaration<'histogram', L>,
      labels: LabelsOfMetric<MetricDeclaration<'histogram', L>>,
      value: number,
    ): void
  }
  /** Puts a notice into a user's bell, once per `key`. Texts are keys of the plugin's locales, filled with `data`. */
  notify(notice: NewNotice): Promise<void>
  /** `fetch` to the hosts of the grant `outboundHosts`, redirects checked too. */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>
  readonly users: {
    /** 0 also for a user who is not there. */
    level(userId: string): Promise<number>
    find(userId: string): Promise<PluginUser | undefined>
    findByEmail(email: string): Promise<PluginUser | undefined>
  }
  /** Runs when the generation is disposed, last registered first. */
  onDispose(dispose: () => void | Promise<void>): void
  /** Runs `work` every so often until disposed, never twice at once; a failure is logged and tried again. */
  every(ms: number, work: (signal: AbortSignal) => Promise<void>): void
  /** A loop of the plugin's own, awaited (up to the drain deadline) on dispose. */
  background(name: string, work: (signal: AbortSignal) => Promise<void>): void
}

/** What a generation answers at the kernel's extension points, each under the name the manifest declares. */
export interface PluginExtensions {
  readonly jobs?: Readonly<Record<string, JobHandler>>
  /** Each answers nothing to go on, or throws a refusal. */
  readonly filters?: Readonly<Record<string, (context: never) => Promise<void>>>
  readonly strategies?: Readonly<Record<string, (request: never) => Promise<unknown>>>
  /** By name of the event. Told at least once: an event that comes again must change nothing. */
  readonly listeners?: Readonly<Record<string, EventListener>>
  readonly sockets?: Readonly<Record<string, SocketHandler>>
  /** By id of the source. One that is late is left out. */
  readonly search?: Readonly<Record<string, SearchSource>>
  /** By id of the step. One that is late or fails is not shown. */
  readonly onboarding?: Readonly<Record<string, IsStepDone>>
  /** By id of the source. One that is late or fails is left out. */
  readonly tasks?: Readonly<Record<string, FindTasks>>
  /** All that is kept about a user, by what it is: `{ positions: [...] }`. */
  readonly exportUser?: (userId: string) => Promise<Readonly<Record<string, readonly unknown[]>>>
  /** Makes what is kept about a user nobody's, as far as the books allow. Repeating it changes nothing. */
  readonly eraseUser?: (userId: string) => Promise<void>
}

/** What a started generation offers. */
export interface PluginServer extends PluginExtensions {
  readonly implementations: readonly Implementation<never>[]
  /** Throws when the plugin cannot serve; asked by the probe before the flip, and by the watchdog afterwards. */
  readonly health?: () => Promise<void>
}

/** `plugins/<id>/server/server.ts` exports `start`. It must not touch anything before it is called. */
export type StartPlugin = (kernel: PluginKernel) => Promise<PluginServer>
