import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE ledger_holds (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      \`key\` VARCHAR(190) NOT NULL,
      account_id VARCHAR(100) NOT NULL,
      asset_id VARCHAR(20) NOT NULL,
      amount DECIMAL(38,0) NOT NULL,
      reason VARCHAR(190) NOT NULL,
      state ENUM('placed', 'captured', 'released', 'expired') NOT NULL DEFAULT 'placed',
      entry_id BIGINT UNSIGNED NULL,
      content_hash BINARY(32) NOT NULL,
      expires_at DATETIME(3) NULL,
      created_at DATETIME(3) NOT NULL,
      resolved_at DATETIME(3) NULL,
      UNIQUE KEY ledger_holds_key (\`key\`),
      KEY ledger_holds_due (state, expires_at),
      CONSTRAINT ledger_holds_account FOREIGN KEY (account_id) REFERENCES ledger_accounts (id),
      CONSTRAINT ledger_holds_asset FOREIGN KEY (asset_id) REFERENCES ledger_assets (id),
      CONSTRAINT ledger_holds_entry FOREIGN KEY (entry_id) REFERENCES ledger_entries (id),
      CONSTRAINT ledger_holds_amount CHECK (amount > 0),
      CONSTRAINT ledger_holds_resolved CHECK ((state = 'placed') = (resolved_at IS NULL)),
      CONSTRAINT ledger_holds_captured CHECK ((state = 'captured') = (entry_id IS NOT NULL))
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('ledger_holds')
}
