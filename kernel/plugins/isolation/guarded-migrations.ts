import type { Knex } from 'knex'
import type { Migration } from '../../database/index.ts'
import { changesNothing } from '../dry-run.ts'
import type { PluginManifest } from '../manifest.ts'
import { statementProblems } from '../migration-tables.ts'
import { guardedDatabase } from './guarded-host.ts'
import { tableGuard } from './table-guard.ts'

/**
 * A plugin's migrations as they run inline: each statement is looked at once more when it is sent, because what depends
 * on rows is not foreseen by a trial, which answers none.
 */
export function guardedMigrations(
  database: Knex,
  manifest: PluginManifest,
  migrations: readonly Migration[],
): readonly Migration[] {
  const guarded = async (): Promise<Knex> => {
    const check = await tableGuard(database, manifest)
    return guardedDatabase(database, (sql) => {
      check(sql)
      const [problem] = changesNothing.test(sql) ? [] : statementProblems(manifest, sql)
      if (problem !== undefined) throw new Error(`It ${problem}`)
    })
  }
  // Only the platform's own database is for real; any other is a trial that answers nothing.
  const run = async (direction: Migration['up'], given: Knex): Promise<void> =>
    direction(given === database ? await guarded() : given)
  return migrations.map((migration) => ({
    ...migration,
    up: (given: Knex) => run((knex) => migration.up(knex), given),
    down: (given: Knex) => run((knex) => migration.down(knex), given),
  }))
}
