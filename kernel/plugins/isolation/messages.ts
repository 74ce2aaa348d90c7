import type { Principal } from '../../broker/index.ts'
import type { RefusalDeclaration } from '../../contract/index.ts'

/** What a runner needs to start a plugin. */
export interface StartMessage {
  readonly pluginId: string
  readonly generation: number
  readonly isDemo: boolean
  readonly bundle: { readonly code: string; readonly map: string; readonly hash: string }
  /** Names the plugin's files in stacks; nothing is read there. */
  readonly directory: string
  readonly settings: Readonly<Record<string, unknown>>
  /** Markets that are reserved now. */
  readonly reserved: readonly string[]
  /** How far the platform's clock is ahead of this machine's. */
  readonly clockOffsetMs: number
}

/** What a started plugin offers, by name. */
export interface StartedMessage {
  readonly actions: readonly string[]
  readonly jobs: readonly string[]
  readonly filters: readonly string[]
  readonly strategies: readonly string[]
  readonly listeners: readonly string[]
  readonly sockets: readonly string[]
  readonly search: readonly string[]
  readonly onboarding: readonly string[]
  readonly tasks: readonly string[]
  readonly canExport: boolean
  readonly canErase: boolean
  readonly hasHealth: boolean
  /** Those of the plugin's own that it can answer with, for the problem pages. */
  readonly refusals: readonly (RefusalDeclaration & { readonly code: string })[]
}

/** One call of a route, without what belongs to the kernel's process. */
export interface CallMessage {
  readonly id: number
  readonly action: string
  readonly params: unknown
  readonly principal: Principal
  readonly requestId: string
  readonly idempotencyKey: string
  readonly client: CallClient | undefined
}

export interface CallClient {
  readonly address: string
  readonly userAgent: string
  readonly sessionId: string | null
  readonly isSecure: boolean
}

/** A statement as knex has compiled it; `transaction` is the runner's number of one that it has begun. */
export interface Statement {
  readonly sql: string
  readonly bindings: readonly unknown[]
  readonly transaction: number | null
  readonly rowsAsArray?: boolean
  readonly nestTables?: boolean | string
}

/** What the database answered, as the driver gives it: rows, or what a change did. */
export interface StatementAnswer {
  readonly rows: unknown
  readonly fields: readonly { readonly name: string }[]
}

export interface HeapReport {
  readonly heapBytes: number
  /** Buffers and other memory outside the heap. */
  readonly externalBytes: number
}

export interface FetchMessage {
  readonly url: string
  readonly method: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array | null
  readonly redirect: 'follow' | 'error' | 'manual'
}

export interface FetchAnswer {
  readonly url: string
  readonly status: number
  readonly statusText: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array | null
}

export interface SocketMessage {
  readonly id: string
  readonly principal: Principal
  readonly query: Readonly<Record<string, string>>
  readonly state: unknown
}

/** A migration of the plugin's, to be run in the runner. */
export interface MigrationMessage {
  readonly name: string
  readonly phase?: 'expand' | 'contract'
}
