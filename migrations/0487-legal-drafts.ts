import type { Knex } from 'knex'

/** What operators write before they publish it: one draft a document. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE legal_drafts (
      document VARCHAR(40) NOT NULL PRIMARY KEY,
      texts MEDIUMTEXT NOT NULL,
      revision INT UNSIGNED NOT NULL,
      changed_by VARCHAR(64) NOT NULL,
      changed_at DATETIME(3) NOT NULL
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('legal_drafts')
}
