import type { Knex } from 'knex'

/**
 * What operators say in place of what was shipped, with every earlier wording: rows are only added, and the newest of a
 * text counts. A row without a text went back to what was shipped.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE translations_overrides (
      locale VARCHAR(8) NOT NULL,
      owner VARCHAR(64) NOT NULL,
      text_key VARCHAR(160) NOT NULL,
      revision INT UNSIGNED NOT NULL,
      text TEXT NULL,
      english TEXT NOT NULL,
      changed_by VARCHAR(64) NOT NULL,
      changed_at DATETIME(3) NOT NULL,
      PRIMARY KEY (locale, owner, text_key, revision)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('translations_overrides')
}
