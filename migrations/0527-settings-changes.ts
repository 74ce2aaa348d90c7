import type { Knex } from 'knex'

/** What settings were after each change, without secrets: for looking back and going back. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE settings_changes (
      owner VARCHAR(64) NOT NULL,
      revision INT UNSIGNED NOT NULL,
      content LONGTEXT NOT NULL,
      secrets TEXT NOT NULL,
      changed_by VARCHAR(64) NOT NULL,
      changed_at DATETIME(3) NOT NULL,
      PRIMARY KEY (owner, revision)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('settings_changes')
}
