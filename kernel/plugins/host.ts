import type { Knex } from 'knex'
import type { Implementation, Logger, Replaced } from '../broker/index.ts'
import type { PermissionDeclaration, Route } from '../contract/index.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Channels } from '../channels.ts'
import type { HostPoints } from './host-points.ts'
import type { IsolationLimits } from './isolation/fault.ts'

/** What the lifecycle needs of the rest of the kernel, and no more. Each is a part of that module's own face. */
export interface PluginHost {
  readonly database: Knex
  readonly log: Logger
  /** Handed on to every plugin: `CAMBIUM_DEMO` is not `0`. */
  readonly isDemo: boolean
  readonly broker: {
    /** Replaces all that `owner` serves in one turn; answers for what it replaced. */
    publish(owner: string, implementations: readonly Implementation<never>[]): Replaced
    withdraw(owner: string): Replaced
  }
  readonly gateway: {
    setRoutes(owner: string, routes: readonly Route[]): void
    removeRoutes(owner: string): void
    setDisabled(pluginId: string, isDisabled: boolean): void
  }
  readonly realtime: Channels & {
    removeOwner(owner: string): void
    /** Somebody is subscribed. */
    isWatched(name: string, key: string): boolean
  }
  readonly identity: {
    definePermissions(owner: string, permissions: readonly PermissionDeclaration[]): Promise<void>
    /** Takes an owner's permissions away, and from every role that holds them. */
    forgetPermissions(owner: string): Promise<void>
  }
  readonly ledger: Ledger
  readonly exchange: Exchange
  readonly points: HostPoints
  /** Limits of runners that are not the default ones. */
  readonly isolation?: Partial<IsolationLimits>
}
