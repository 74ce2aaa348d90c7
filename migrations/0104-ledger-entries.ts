import type { Knex } from 'knex'

/** `data` is text, not JSON: its exact spelling is part of the hash, and MySQL would normalise it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE ledger_entries (
      id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
      \`key\` VARCHAR(190) NOT NULL,
      kind VARCHAR(60) NOT NULL,
      data TEXT NOT NULL,
      content_hash BINARY(32) NOT NULL,
      hash BINARY(32) NOT NULL,
      created_at DATETIME(3) NOT NULL,
      UNIQUE KEY ledger_entries_key (\`key\`)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('ledger_entries')
}
