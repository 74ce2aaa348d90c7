import type { Knex } from 'knex'

/** Of two plans for one product that are written in the same moment the database takes one. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE maintenance_windows
      ADD COLUMN open_scope VARCHAR(64) AS (IF(ended_at IS NULL, scope, NULL)) STORED,
      ADD UNIQUE KEY maintenance_windows_open_scope (open_scope)`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE maintenance_windows DROP KEY maintenance_windows_open_scope, DROP COLUMN open_scope`)
}
