import type { Knex } from 'knex'

/** Who accepted which version, in which language they read it, and when. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE legal_acceptances (
      user_id VARCHAR(64) NOT NULL,
      document VARCHAR(40) NOT NULL,
      version INT UNSIGNED NOT NULL,
      language VARCHAR(20) NOT NULL,
      at DATETIME(3) NOT NULL,
      PRIMARY KEY (user_id, document, version),
      KEY legal_acceptances_version (document, version)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('legal_acceptances')
}
