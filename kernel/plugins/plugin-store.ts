import type { Knex } from 'knex'
import { operationRows, type InterruptedOperation, type OwedMigrations } from './operation-rows.ts'
import type { Tier } from './plugin-tier.ts'
import type { Operation } from './routes.ts'

/** What the operator wants of a plugin and what became of it, as kept over restarts. */
export interface PluginState {
  readonly id: string
  readonly desired: 'enabled' | 'disabled'
  readonly state: 'enabled' | 'disabled' | 'failed' | 'quarantined'
  /** Of the release that serves or served last. */
  readonly version: string | null
  /** Of its artifact, once it was kept. */
  readonly digest: string | null
  /** What a rollback goes back to. */
  readonly previousVersion: string | null
  readonly previousDigest: string | null
  /** Counts every attempt to start it. */
  readonly generation: number
  /** Counts the changes that every node has to follow; starting it again on one of them is none. */
  readonly revision: number
  /** Of the server code that serves or served last. */
  readonly codeHash: string | null
  readonly isPinned: boolean
  /** What the operator chose; null leaves it to the source of the release. */
  readonly tier: Tier | null
  readonly quarantinedAt: Date | null
  readonly reason: string | null
}

export interface PluginStore {
  states(): Promise<ReadonlyMap<string, PluginState>>
  /** Writes what is given; what is not keeps its value, or gets the one of a plugin never enabled. */
  saveState(state: Partial<PluginState> & { readonly id: string }): Promise<void>
  forgetState(id: string): Promise<void>
  /** The number of the attempt that begins now. */
  nextGeneration(id: string): Promise<number>
  saveOperation(operation: Operation): Promise<void>
  /** Should the process die before `commit`, these are taken back with the code of `version`. */
  attemptMigrations(operationId: string, owed: OwedMigrations): Promise<void>
  /** Makes the attempt the wanted state, at one stroke with what is still owed after it. */
  commit(
    operationId: string,
    state: Partial<PluginState> & { readonly id: string },
    owed?: OwedMigrations,
  ): Promise<void>
  operations(pluginId: string, limit: number): Promise<readonly Operation[]>
  interrupted(): Promise<readonly InterruptedOperation[]>
  closeInterrupted(operationId: string, state: 'done' | 'failed', reason: string): Promise<void>
}

interface StateRow {
  id: string
  desired: PluginState['desired']
  state: PluginState['state']
  version: string | null
  digest: string | null
  previous_version: string | null
  previous_digest: string | null
  generation: number
  revision: number
  code_hash: string | null
  is_pinned: number | boolean
  tier: Tier | null
  quarantined_at: Date | null
  reason: string | null
  updated_at: Date
}

/** As a plugin is that was never enabled. */
export function stateOf(id: string, known?: PluginState): PluginState {
  return {
    id,
    desired: 'disabled',
    state: 'disabled',
    version: null,
    digest: null,
    previousVersion: null,
    previousDigest: null,
    generation: 0,
    revision: 0,
    codeHash: null,
    isPinned: false,
    tier: null,
    quarantinedAt: null,
    reason: null,
    ...known,
  }
}

export function createPluginStore(database: Knex): PluginStore {
  const states = (from: Knex = database) => from<StateRow>('plugins_states')
  const operations = operationRows(database)

  const saveState: (...given: Parameters<PluginStore['saveState']>) => Promise<void> = (state) =>
    write(database, state)

  async function write(from: Knex, state: Parameters<PluginStore['saveState']>[0]): Promise<void> {
    const { id, ...changes } = toRow(state)
    const row = { ...toRow(stateOf(id)), ...changes, updated_at: new Date() }
    await states(from)
      .insert(row)
      .onConflict('id')
      .merge({ ...changes, updated_at: row.updated_at })
  }

  return {
    states: async () => new Map((await states().select()).map((row) => [row.id, fromRow(row)])),
    saveState,
    forgetState: async (id) => void (await states().where({ id }).delete()),
    nextGeneration: async (id) => {
      const row = await states().where({ id }).first('generation')
      const generation = (row?.generation ?? 0) + 1
      await saveState({ id, generation })
      return generation
    },
    commit: async (operationId, state, owed) => {
      await database.transaction(async (trx) => {
        await operations.attempt(operationId, owed ?? { version: null, names: [] }, trx)
        await operations.flip(operationId, state.generation ?? null, trx)
        await write(trx, state)
      })
    },
    attemptMigrations: (operationId, owed) => operations.attempt(operationId, owed),
    saveOperation: operations.save,
    operations: operations.list,
    interrupted: operations.interrupted,
    closeInterrupted: operations.close,
  }
}

const columns = {
  id: 'id',
  desired: 'desired',
  state: 'state',
  version: 'version',
  digest: 'digest',
  previousVersion: 'previous_version',
  previousDigest: 'previous_digest',
  generation: 'generation',
  revision: 'revision',
  codeHash: 'code_hash',
  isPinned: 'is_pinned',
  tier: 'tier',
  quarantinedAt: 'quarantined_at',
  reason: 'reason',
} as const satisfies Record<keyof PluginState, keyof StateRow>

function toRow(state: Partial<PluginState> & { readonly id: string }): Partial<StateRow> & { id: string } {
  const entries = Object.entries(state).map(([name, value]) => [columns[name as keyof PluginState], value])
  return Object.fromEntries(entries) as Partial<StateRow> & { id: string }
}

function fromRow(row: StateRow): PluginState {
  return {
    id: row.id,
    desired: row.desired,
    state: row.state,
    version: row.version,
    digest: row.digest,
    previousVersion: row.previous_version,
    previousDigest: row.previous_digest,
    generation: row.generation,
    revision: row.revision,
    codeHash: row.code_hash,
    isPinned: Boolean(row.is_pinned),
    tier: row.tier,
    quarantinedAt: row.quarantined_at,
    reason: row.reason,
  }
}
