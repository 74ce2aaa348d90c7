import type { Knex } from 'knex'

/** What operators set feature toggles to; without a row, the declared default holds. Lists are JSON. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE toggles_states (
      toggle_id VARCHAR(128) NOT NULL PRIMARY KEY,
      mode VARCHAR(8) NOT NULL,
      percentage TINYINT UNSIGNED NOT NULL,
      user_ids MEDIUMTEXT NOT NULL,
      levels VARCHAR(255) NOT NULL,
      revision INT UNSIGNED NOT NULL,
      changed_by VARCHAR(64) NOT NULL,
      changed_at DATETIME(3) NOT NULL
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('toggles_states')
}
