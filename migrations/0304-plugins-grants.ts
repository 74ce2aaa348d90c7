import type { Knex } from 'knex'

/** What the operator approved of the things a release asks for; the newest row of a plugin is what counts. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE plugins_grants (
      plugin_id VARCHAR(64) NOT NULL,
      version VARCHAR(64) NOT NULL,
      grants LONGTEXT NOT NULL,
      approved_by VARCHAR(64) NOT NULL,
      approved_at DATETIME(3) NOT NULL,
      PRIMARY KEY (plugin_id, version)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('plugins_grants')
}
