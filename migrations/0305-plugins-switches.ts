import type { Knex } from 'knex'

/** Contributions of plugins that the operator switched off one by one, or on again. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE plugins_switches (
      plugin_id VARCHAR(64) NOT NULL,
      kind VARCHAR(16) NOT NULL,
      contribution_id VARCHAR(160) NOT NULL,
      is_disabled BOOLEAN NOT NULL,
      changed_by VARCHAR(64) NOT NULL,
      changed_at DATETIME(3) NOT NULL,
      PRIMARY KEY (plugin_id, kind, contribution_id)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('plugins_switches')
}
