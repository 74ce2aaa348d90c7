import type { Knex } from 'knex'

/** One row a plugin that was ever enabled: what the operator wants of it, and what became of that. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE plugins_states (
      id VARCHAR(64) NOT NULL PRIMARY KEY,
      desired VARCHAR(16) NOT NULL,
      state VARCHAR(16) NOT NULL,
      version VARCHAR(64) NULL,
      generation INT UNSIGNED NOT NULL DEFAULT 0,
      reason TEXT NULL,
      updated_at DATETIME(3) NOT NULL
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('plugins_states')
}
