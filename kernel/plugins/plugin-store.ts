import type { Knex } from 'knex'
import type { Operation } from './routes.ts'

/** What the operator wants of a plugin and what became of it, as kept over restarts. */
export interface PluginState {
  readonly id: string
  readonly desired: 'enabled' | 'disabled'
  readonly state: 'enabled' | 'disabled' | 'failed'
  readonly version: string | null
  /** Counts every attempt to start it. */
  readonly generation: number
  readonly reason: string | null
}

/** An operation that a process did not live to finish. */
export interface InterruptedOperation {
  readonly id: string
  readonly pluginId: string
  readonly attemptedMigrations: readonly string[]
}

export interface PluginStore {
  states(): Promise<ReadonlyMap<string, PluginState>>
  saveState(state: PluginState): Promise<void>
  /** The number of the attempt that begins now. */
  nextGeneration(id: string): Promise<number>
  saveOperation(operation: Operation): Promise<void>
  attemptMigrations(operationId: string, names: readonly string[]): Promise<void>
  /** Makes the attempt the wanted state, at one stroke with keeping its migrations. */
  commit(operationId: string, state: PluginState): Promise<void>
  operations(pluginId: string, limit: number): Promise<readonly Operation[]>
  interrupted(): Promise<readonly InterruptedOperation[]>
  closeInterrupted(operationId: string, reason: string): Promise<void>
}

interface OperationRow {
  id: string
  plugin_id: string
  action: Operation['action']
  state: Operation['state']
  version: string | null
  generation: number | null
  steps: string
  attempted_migrations: string
  reason: string | null
  started_at: Date
  finished_at: Date | null
}

const REASON_MAX = 4000

export function createPluginStore(database: Knex): PluginStore {
  const states = (from: Knex = database) => from<PluginState & { updated_at: Date }>('plugins_states')
  const operations = (from: Knex = database) => from<OperationRow>('plugins_operations')

  const saveState = async (state: PluginState, from: Knex = database): Promise<void> => {
    const { id, ...rest } = { ...state, updated_at: new Date() }
    await states(from)
      .insert({ id, ...rest })
      .onConflict('id')
      .merge(rest)
  }

  return {
    states: async () => {
      const rows = await states().select('id', 'desired', 'state', 'version', 'generation', 'reason')
      return new Map(rows.map((row) => [row.id, row]))
    },
    saveState: (state) => saveState(state),
    nextGeneration: async (id) => {
      const row = await states().where({ id }).first('generation')
      const generation = (row?.generation ?? 0) + 1
      if (row) await states().where({ id }).update({ generation })
      else {
        await saveState({
          id,
          desired: 'disabled',
          state: 'disabled',
          version: null,
          generation,
          reason: null,
        })
      }
      return generation
    },
    saveOperation: async (operation) => {
      const row = toRow(operation)
      await operations()
        .insert({ ...row, attempted_migrations: '[]' })
        .onConflict('id')
        .merge(row)
    },
    attemptMigrations: async (id, names) => {
      await operations()
        .where({ id })
        .update({ attempted_migrations: JSON.stringify(names) })
    },
    commit: async (operationId, state) => {
      await database.transaction(async (trx) => {
        await operations(trx).where({ id: operationId }).update({ attempted_migrations: '[]' })
        await saveState(state, trx)
      })
    },
    operations: async (pluginId, limit) => {
      const rows = await operations().where({ plugin_id: pluginId }).orderBy('id', 'desc').limit(limit)
      return rows.map(fromRow)
    },
    interrupted: async () => {
      const rows = await operations().where({ state: 'running' }).orderBy('id')
      return rows.map((row) => ({
        id: row.id,
        pluginId: row.plugin_id,
        attemptedMigrations: JSON.parse(row.attempted_migrations) as string[],
      }))
    },
    closeInterrupted: async (id, reason) => {
      await operations()
        .where({ id })
        .update({ state: 'failed', reason, attempted_migrations: '[]', finished_at: new Date() })
    },
  }
}

function toRow(operation: Operation): Omit<OperationRow, 'attempted_migrations'> {
  return {
    id: operation.id,
    plugin_id: operation.pluginId,
    action: operation.action,
    state: operation.state,
    version: operation.version,
    generation: operation.generation,
    steps: JSON.stringify(operation.steps),
    reason: operation.reason?.slice(0, REASON_MAX) ?? null,
    started_at: new Date(operation.startedAt),
    finished_at: operation.finishedAt === null ? null : new Date(operation.finishedAt),
  }
}

function fromRow(row: OperationRow): Operation {
  return {
    id: row.id,
    pluginId: row.plugin_id,
    action: row.action,
    state: row.state,
    version: row.version,
    generation: row.generation,
    steps: JSON.parse(row.steps) as Operation['steps'],
    reason: row.reason,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  }
}
