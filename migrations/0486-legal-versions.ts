import type { Knex } from 'knex'

/** What was published of a legal document. `texts` is an object by locale; a row is never changed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE legal_versions (
      document VARCHAR(40) NOT NULL,
      version INT UNSIGNED NOT NULL,
      texts MEDIUMTEXT NOT NULL,
      asks_acceptance TINYINT(1) NOT NULL,
      effective_at DATETIME(3) NOT NULL,
      published_by VARCHAR(64) NOT NULL,
      published_at DATETIME(3) NOT NULL,
      PRIMARY KEY (document, version)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('legal_versions')
}
