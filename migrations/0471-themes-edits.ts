import type { Knex } from 'knex'

/** Every state a theme was saved in; revision 0, as it came, is not written down. The newest is the draft. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE themes_edits (
      theme_id VARCHAR(64) NOT NULL,
      revision INT UNSIGNED NOT NULL,
      content LONGTEXT NOT NULL,
      hash CHAR(20) NOT NULL,
      restored_from INT UNSIGNED NULL,
      changed_by VARCHAR(64) NOT NULL,
      changed_at DATETIME(3) NOT NULL,
      PRIMARY KEY (theme_id, revision),
      KEY themes_edits_hash (hash)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('themes_edits')
}
