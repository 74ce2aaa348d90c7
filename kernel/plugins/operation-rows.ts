import type { Knex } from 'knex'
import type { Operation } from './routes.ts'

/** Migrations that are to be taken back, and the version whose code can do it. */
export interface OwedMigrations {
  readonly version: string | null
  readonly names: readonly string[]
}

/** An operation that a process did not live to finish. */
export interface InterruptedOperation {
  readonly id: string
  readonly pluginId: string
  readonly action: Operation['action']
  readonly owed: OwedMigrations
  /** It had come about already, and only its end was missing. */
  readonly hasFlipped: boolean
  readonly isPurge: boolean
}

interface OperationRow {
  id: string
  plugin_id: string
  action: Operation['action']
  state: Operation['state']
  version: string | null
  from_version: string | null
  generation: number | null
  steps: string
  attempted_migrations: string
  attempted_version: string | null
  export_id: string | null
  reason: string | null
  started_at: Date
  finished_at: Date | null
}

interface OperationRows {
  save(operation: Operation): Promise<void>
  attempt(id: string, owed: OwedMigrations, from?: Knex): Promise<void>
  list(pluginId: string, limit: number): Promise<readonly Operation[]>
  interrupted(): Promise<readonly InterruptedOperation[]>
  /** Told at the flip, at one stroke with what is wanted from then on. */
  flip(id: string, generation: number | null, from: Knex): Promise<void>
  close(id: string, state: 'done' | 'failed', reason: string): Promise<void>
}

const REASON_MAX = 4000

/** The table of all changes to plugins. */
export function operationRows(database: Knex): OperationRows {
  const operations = (from: Knex = database) => from<OperationRow>('plugins_operations')
  return {
    save: async (operation) => {
      const row = toRow(operation)
      await operations()
        .insert({ ...row, attempted_migrations: '[]' })
        .onConflict('id')
        .merge(row)
    },
    attempt: async (id, { version, names }, from) => {
      await operations(from)
        .where({ id })
        .update({ attempted_migrations: JSON.stringify(names), attempted_version: version })
    },
    list: async (pluginId, limit) => {
      const rows = await operations().where({ plugin_id: pluginId }).orderBy('id', 'desc').limit(limit)
      return rows.map(fromRow)
    },
    interrupted: async () => {
      const rows = await operations().where({ state: 'running' }).orderBy('id')
      return rows.map((row) => ({
        id: row.id,
        pluginId: row.plugin_id,
        action: row.action,
        owed: {
          version: row.attempted_version ?? row.version,
          names: JSON.parse(row.attempted_migrations) as string[],
        },
        hasFlipped: row.generation !== null,
        isPurge: (JSON.parse(row.steps) as Operation['steps']).some(({ name }) => name === 'purge'),
      }))
    },
    flip: async (id, generation, from) => {
      await operations(from).where({ id }).update({ generation })
    },
    close: async (id, state, reason) => {
      await operations()
        .where({ id })
        .update({ state, reason, attempted_migrations: '[]', finished_at: new Date() })
    },
  }
}

function toRow(operation: Operation): Omit<OperationRow, 'attempted_migrations' | 'attempted_version'> {
  return {
    id: operation.id,
    plugin_id: operation.pluginId,
    action: operation.action,
    state: operation.state,
    version: operation.version,
    from_version: operation.fromVersion,
    generation: operation.generation,
    steps: JSON.stringify(operation.steps),
    export_id: operation.exportId,
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
    fromVersion: row.from_version,
    generation: row.generation,
    steps: JSON.parse(row.steps) as Operation['steps'],
    reason: row.reason,
    exportId: row.export_id,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  }
}
