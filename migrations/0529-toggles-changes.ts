import type { Knex } from 'knex'

/** What a feature toggle was set to from each revision on; `state` is JSON. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE toggles_changes (
      toggle_id VARCHAR(128) NOT NULL,
      revision INT UNSIGNED NOT NULL,
      state MEDIUMTEXT NOT NULL,
      changed_by VARCHAR(64) NOT NULL,
      changed_at DATETIME(3) NOT NULL,
      PRIMARY KEY (toggle_id, revision)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('toggles_changes')
}
