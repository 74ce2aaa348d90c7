import type { Knex } from 'knex'

/** One row: the number and hash of the last journal entry, and the lock of everybody who writes the ledger. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE ledger_chain (
      id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
      number BIGINT UNSIGNED NOT NULL,
      hash VARBINARY(32) NOT NULL,
      CONSTRAINT ledger_chain_single CHECK (id = 1)
    ) ENGINE=InnoDB SELECT 1 AS id, 0 AS number, '' AS hash`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('ledger_chain')
}
