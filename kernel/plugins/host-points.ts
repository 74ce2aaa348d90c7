import type { Knex } from 'knex'
import type { Clock } from '../clock.ts'
import type { EventDeclaration, FilterPoint, StrategyPoint, ToggleDeclaration } from '../contract/index.ts'
import type { StartedRun, StartRun } from '../jobs/index.ts'
import type { ActivityKind, NewActivity } from '../activity/index.ts'
import type { NewNotice } from '../notifications/index.ts'
import type { LiveSettings } from '../settings/index.ts'
import type { Replaced } from '../broker/index.ts'
import type { PluginManifest, SettingsSchema } from './manifest.ts'
import type { PluginExtensions, PluginUser } from './plugin-server.ts'

/** What of one generation is put behind the kernel's extension points. */
export interface Publication {
  readonly manifest: PluginManifest
  readonly extensions: PluginExtensions
}

/** A contribution of a plugin, switched off alone by the operator. */
export interface SwitchedOff {
  readonly kind: 'job' | 'filter' | 'strategy' | 'event' | 'socket'
  /** A job's, an event's or a socket's name; a filter's or a strategy's id. */
  readonly id: string
}

export interface OwnerEvents {
  emitAll(
    trx: Knex.Transaction,
    event: EventDeclaration,
    items: readonly { readonly data: unknown; readonly key: string }[],
  ): Promise<void>
}

/** The kernel's extension points as plugins stand on them: what a generation may call, and how it is put behind them. */
export interface HostPoints {
  readonly clock: Clock
  readonly settings: { open(owner: string, schema: SettingsSchema | undefined): LiveSettings }
  readonly jobs: {
    start(owner: string, name: string, data: unknown, options: StartRun | undefined): Promise<StartedRun>
  }
  readonly filters: { apply(point: FilterPoint, context: unknown): Promise<void> }
  readonly toggles: { isOn(toggle: ToggleDeclaration, userId: string | null): Promise<boolean> }
  readonly strategies: { ask(point: StrategyPoint, request: unknown): Promise<unknown> }
  readonly events: OwnerEvents
  readonly activity: {
    record(
      trx: Knex.Transaction,
      owner: string,
      entries: readonly NewActivity[],
      kinds?: readonly ActivityKind[],
    ): Promise<void>
  }
  readonly metrics: {
    record(plugin: string, name: string, labels: Readonly<Record<string, string>>, value: number): void
  }
  readonly notifications: { notify(owner: string, notice: NewNotice): Promise<void> }
  readonly users: {
    find(userId: string): Promise<PluginUser | undefined>
    findByEmail(email: string): Promise<PluginUser | undefined>
  }
  /**
   * Puts a generation's jobs, filters, strategies, listeners and sockets in front, in one turn. The answer stands for
   * what still runs in the generation before: at its deadline running jobs are aborted and handed on.
   */
  publish(publication: Publication): Replaced
  /** Takes them away. Runs and events that come meanwhile wait until the plugin is there again. */
  withdraw(pluginId: string): Replaced
  /** Which contributions of a plugin are switched off, all of them at once; may be called before `publish`. */
  setDisabled(pluginId: string, contributions: readonly SwitchedOff[]): void
  /** Takes away what is kept for a plugin that is uninstalled: settings, runs, waiting events, choices, notices. */
  forget(pluginId: string): Promise<void>
}
