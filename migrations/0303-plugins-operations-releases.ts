import type { Knex } from 'knex'

/**
 * An operation names the release whose code can take `attempted_migrations` back: after a crash the folder may hold
 * another one.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE plugins_operations
      ADD COLUMN from_version VARCHAR(64) NULL AFTER version,
      ADD COLUMN attempted_version VARCHAR(64) NULL AFTER attempted_migrations,
      ADD COLUMN export_id VARCHAR(64) NULL`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE plugins_operations
      DROP COLUMN IF EXISTS from_version,
      DROP COLUMN IF EXISTS attempted_version,
      DROP COLUMN IF EXISTS export_id`)
}
