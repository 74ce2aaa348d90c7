import { fileURLToPath } from 'node:url'
import type { Knex } from 'knex'
import { loadMigrations } from './migration-files.ts'
import { migrateUp, unknownMigrations, type AppliedMigration } from './migrations.ts'

const directory = fileURLToPath(new URL('../../migrations', import.meta.url))

/** Brings the kernel's own tables up to date; refuses a database that a newer kernel has written. */
export async function migrateKernel(database: Knex): Promise<readonly AppliedMigration[]> {
  const migrations = await loadMigrations(directory)
  const [unknown] = await unknownMigrations(database, 'kernel', migrations)
  if (unknown !== undefined) {
    throw new Error(
      `The database was written by a newer version of Cambium: it has the migration ${unknown}.`,
    )
  }
  return migrateUp(database, 'kernel', migrations)
}

/** Names of the kernel's migrations that this database does not have. */
export async function pendingKernelMigrations(database: Knex): Promise<readonly string[]> {
  const migrations = await loadMigrations(directory)
  return (await migrateUp(database, 'kernel', migrations, { dryRun: true })).map(({ name }) => name)
}
