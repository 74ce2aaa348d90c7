import type { Knex } from 'knex'

/**
 * Every change to a plugin with its steps. `attempted_migrations` names what it may have applied until it is committed:
 * should the process die in between, they are taken back at the next start.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE plugins_operations (
      id CHAR(26) NOT NULL PRIMARY KEY,
      plugin_id VARCHAR(64) NOT NULL,
      action VARCHAR(16) NOT NULL,
      state VARCHAR(16) NOT NULL,
      version VARCHAR(64) NULL,
      generation INT UNSIGNED NULL,
      steps LONGTEXT NOT NULL,
      attempted_migrations LONGTEXT NOT NULL,
      reason TEXT NULL,
      started_at DATETIME(3) NOT NULL,
      finished_at DATETIME(3) NULL,
      KEY plugins_operations_plugin (plugin_id, id),
      KEY plugins_operations_state (state)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('plugins_operations')
}
