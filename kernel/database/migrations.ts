import type { Knex } from 'knex'

/** One step of an owner's schema: a single DDL statement, and how to take it back. */
export interface Migration {
  /** Sorts in order of application: `0001-users`. */
  readonly name: string
  /** A plugin's `contract` step removes or narrows: it runs when the version before is gone. */
  readonly phase?: 'expand' | 'contract'
  up(knex: Knex): Promise<void>
  /** Also run over a half-applied `up`, so it must not mind what is not there: `dropTableIfExists`. */
  down(knex: Knex): Promise<void>
}

export interface AppliedMigration {
  readonly name: string
  readonly ms: number
}

/** A migration threw. Those in `applied` went before it in the same attempt; it is recorded as half-applied itself. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
  readonly owner: string
  readonly migration: string
  readonly applied: readonly AppliedMigration[]

  constructor(owner: string, migration: string, applied: readonly AppliedMigration[], cause: unknown) {
    super(
      `Migration ${migration} of ${owner} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
    )
    this.owner = owner
    this.migration = migration
    this.applied = applied
  }
}

interface MigrationRow {
  owner: string
  name: string
  started_at: Date
  finished_at: Date | null
}

const LOCK_TIMEOUT_SECONDS = 60

/** Brings the owner's schema up to date; what an earlier attempt left half-applied is taken back first. */
export async function migrateUp(
  database: Knex,
  owner: string,
  migrations: readonly Migration[],
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<readonly AppliedMigration[]> {
  await provideTable(database)
  if (dryRun) {
    const rows = await recorded(database, owner)
    return pending(migrations, rows).map(({ name }) => ({ name, ms: 0 }))
  }
  return locked(database, async () => {
    const rows = await recorded(database, owner)
    const applied: AppliedMigration[] = []
    for (const migration of pending(migrations, rows)) {
      const startedAt = performance.now()
      try {
        if (rows.has(migration.name)) await takeBack(database, owner, migration)
        await apply(database, owner, migration)
      } catch (error) {
        throw new MigrationError(owner, migration.name, applied, error)
      }
      applied.push({ name: migration.name, ms: performance.now() - startedAt })
    }
    return applied
  })
}

/**
 * Takes back, last first, those of `migrations` that are recorded, half-applied ones included. To undo one failed
 * attempt, pass only its own: `[...error.applied, error.migration]`.
 */
export async function migrateDown(
  database: Knex,
  owner: string,
  migrations: readonly Migration[],
): Promise<readonly AppliedMigration[]> {
  await provideTable(database)
  return locked(database, async () => {
    const rows = await recorded(database, owner)
    const undone: AppliedMigration[] = []
    for (const migration of byName(migrations).reverse()) {
      if (!rows.has(migration.name)) continue
      const startedAt = performance.now()
      await takeBack(database, owner, migration)
      undone.push({ name: migration.name, ms: performance.now() - startedAt })
    }
    return undone
  })
}

/** Names recorded for the owner that `migrations` does not know: the database was written by a newer version. */
export async function unknownMigrations(
  database: Knex,
  owner: string,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  await provideTable(database)
  const known = new Set(migrations.map(({ name }) => name))
  return [...(await recorded(database, owner)).keys()].filter((name) => !known.has(name))
}

function byName(migrations: readonly Migration[]): Migration[] {
  return [...migrations].sort((left, right) => (left.name < right.name ? -1 : 1))
}

function pending(migrations: readonly Migration[], rows: ReadonlyMap<string, MigrationRow>): Migration[] {
  return byName(migrations).filter(({ name }) => !rows.get(name)?.finished_at)
}

async function recorded(database: Knex, owner: string): Promise<ReadonlyMap<string, MigrationRow>> {
  const rows = await database<MigrationRow>('migrations').where({ owner }).select()
  return new Map(rows.map((row) => [row.name, row]))
}

async function apply(database: Knex, owner: string, migration: Migration): Promise<void> {
  const key = { owner, name: migration.name }
  await database<MigrationRow>('migrations').insert({ ...key, started_at: new Date(), finished_at: null })
  await migration.up(database)
  await database<MigrationRow>('migrations').where(key).update({ finished_at: new Date() })
}

async function takeBack(database: Knex, owner: string, migration: Migration): Promise<void> {
  const key = { owner, name: migration.name }
  // Unfinished from here on: a crash inside `down` must not leave it looking applied.
  await database<MigrationRow>('migrations').where(key).update({ finished_at: null })
  await migration.down(database)
  await database<MigrationRow>('migrations').where(key).delete()
}

async function provideTable(database: Knex): Promise<void> {
  await database.raw(`
    CREATE TABLE IF NOT EXISTS migrations (
      owner VARCHAR(64) NOT NULL,
      name VARCHAR(128) NOT NULL,
      started_at DATETIME(3) NOT NULL,
      finished_at DATETIME(3) NULL,
      PRIMARY KEY (owner, name)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

interface ConnectionSource {
  acquireConnection(): Promise<unknown>
  releaseConnection(connection: unknown): Promise<void>
}

/** One migrating process per database at a time. The lock lives as long as its connection, so a crash frees it. */
async function locked<T>(database: Knex, work: () => Promise<T>): Promise<T> {
  const client = database.client as ConnectionSource
  const connection = await client.acquireConnection()
  const lockName = "CONCAT(DATABASE(), '.migrations')"
  try {
    const [[row]] = (await database
      .raw(`SELECT GET_LOCK(${lockName}, ?) AS isLocked`, [LOCK_TIMEOUT_SECONDS])
      .connection(connection)) as [[{ isLocked: number }]]
    if (row.isLocked !== 1) throw new Error('Another process has been migrating this database for a minute.')
    return await work()
  } finally {
    await database.raw(`SELECT RELEASE_LOCK(${lockName})`).connection(connection)
    await client.releaseConnection(connection)
  }
}
