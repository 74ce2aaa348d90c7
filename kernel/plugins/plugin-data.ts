import type { Knex } from 'knex'
import { migrateDown, migrateUp, MigrationError, selectRows, type Migration } from '../database/index.ts'
import type { PluginManifest } from './manifest.ts'
import { tablePrefix } from './migration-tables.ts'

/**
 * Tables of one plugin. `spot_x_orders` belongs to `spot-x` where there is one, though its name begins as those of
 * `spot` do; so `others` are all plugins that ever had tables.
 */
export async function ownTables(
  database: Knex,
  pluginId: string,
  others: readonly string[],
): Promise<readonly string[]> {
  const rows = await selectRows<{ name: string }>(
    database,
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name`,
  )
  const prefix = tablePrefix(pluginId)
  const longer = others.map(tablePrefix).filter((other) => other !== prefix && other.startsWith(prefix))
  return rows
    .map(({ name }) => name)
    .filter((name) => name.startsWith(prefix) && !longer.some((other) => name.startsWith(other)))
}

/** About how many rows each table has, as the database keeps it: counting large ones would take minutes. */
export async function sizesOf(
  database: Knex,
  tables: readonly string[],
): Promise<{ readonly name: string; readonly rows: number | null }[]> {
  const rows = await selectRows<{ name: string; size: string | number | null }>(
    database,
    `SELECT table_name AS name, table_rows AS size FROM information_schema.tables
     WHERE table_schema = DATABASE()`,
  )
  const sizes = new Map(rows.map(({ name, size }) => [name, size]))
  return tables.map((name) => {
    const size = sizes.get(name) ?? null
    return { name, rows: size === null ? null : Number.parseInt(String(size), 10) }
  })
}

/** Ids of all that ever changed the database. */
export async function migratingOwners(database: Knex): Promise<readonly string[]> {
  const rows = await selectRows<{ owner: string }>(database, 'SELECT DISTINCT owner FROM migrations')
  return rows.map(({ owner }) => owner)
}

/**
 * Ledger accounts of the plugin with money in them: those it declares, and those whose name has its id as one part,
 * such as `user:42/staking` or `rewards:staking/7`.
 */
export async function accountsWithMoney(
  database: Knex,
  pluginId: string,
  manifest: PluginManifest | undefined,
): Promise<readonly string[]> {
  const declared = (manifest?.accounts ?? []).map(({ id }) => id)
  const rows = await selectRows<{ id: string }>(
    database,
    `SELECT DISTINCT account_id AS id FROM ledger_balances
     WHERE (available <> 0 OR held <> 0) AND (account_id REGEXP ? OR account_id IN (?)) ORDER BY account_id`,
    [`[:/]${pluginId}(/|$)`, declared.length > 0 ? declared : ['']],
  )
  return rows.map(({ id }) => id)
}

/** Takes all migrations back. When one refuses, those before it are applied again and the tables are as they were. */
export async function takeBackAll(
  database: Knex,
  pluginId: string,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  const undone: Migration[] = []
  const lastFirst = migrations.toSorted((left, right) => (left.name < right.name ? 1 : -1))
  for (const migration of lastFirst) {
    try {
      const [one] = await migrateDown(database, pluginId, [migration])
      if (one) undone.push(migration)
    } catch (error) {
      const key = { owner: pluginId, name: migration.name }
      // It refused before it did anything; left as unfinished, it would be tried again at the next start.
      await database('migrations').where(key).update({ finished_at: new Date() })
      await migrateUp(database, pluginId, undone)
      throw new MigrationError(pluginId, migration.name, [], error)
    }
  }
  return undone.map(({ name }) => name)
}

/** Drops tables whatever refers to them, and forgets what the plugin applied. */
export async function dropTables(database: Knex, pluginId: string, tables: readonly string[]): Promise<void> {
  // One connection: the setting is a session's.
  await database.transaction(async (trx) => {
    await trx.raw('SET SESSION foreign_key_checks = 0')
    try {
      for (const table of tables) await trx.schema.dropTableIfExists(table)
    } finally {
      await trx.raw('SET SESSION foreign_key_checks = 1')
    }
    await trx('migrations').where({ owner: pluginId }).delete()
  })
}
