import type { Knex } from 'knex'

/** What operators set, one row an owner; `content` is JSON in which secrets are encrypted. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE settings_values (
      owner VARCHAR(64) NOT NULL PRIMARY KEY,
      content LONGTEXT NOT NULL,
      revision INT UNSIGNED NOT NULL,
      changed_by VARCHAR(64) NOT NULL,
      changed_at DATETIME(3) NOT NULL
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('settings_values')
}
