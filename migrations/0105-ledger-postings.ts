import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE ledger_postings (
      entry_id BIGINT UNSIGNED NOT NULL,
      number SMALLINT UNSIGNED NOT NULL,
      source VARCHAR(100) NOT NULL,
      target VARCHAR(100) NOT NULL,
      asset_id VARCHAR(20) NOT NULL,
      amount DECIMAL(38,0) NOT NULL,
      PRIMARY KEY (entry_id, number),
      KEY ledger_postings_source (source, entry_id),
      KEY ledger_postings_target (target, entry_id),
      CONSTRAINT ledger_postings_entry FOREIGN KEY (entry_id) REFERENCES ledger_entries (id),
      CONSTRAINT ledger_postings_source FOREIGN KEY (source) REFERENCES ledger_accounts (id),
      CONSTRAINT ledger_postings_target FOREIGN KEY (target) REFERENCES ledger_accounts (id),
      CONSTRAINT ledger_postings_asset FOREIGN KEY (asset_id) REFERENCES ledger_assets (id),
      CONSTRAINT ledger_postings_amount CHECK (amount > 0),
      CONSTRAINT ledger_postings_accounts CHECK (source <> target)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('ledger_postings')
}
