import type { Knex } from 'knex'

/** The kind is repeated here, tied to the account's by a foreign key, so that a CHECK can enforce the kind's rule. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE ledger_balances (
      account_id VARCHAR(100) NOT NULL,
      asset_id VARCHAR(20) NOT NULL,
      kind ENUM('user', 'house', 'external') NOT NULL,
      available DECIMAL(38,0) NOT NULL,
      held DECIMAL(38,0) NOT NULL,
      PRIMARY KEY (account_id, asset_id),
      CONSTRAINT ledger_balances_account FOREIGN KEY (account_id, kind) REFERENCES ledger_accounts (id, kind),
      CONSTRAINT ledger_balances_asset FOREIGN KEY (asset_id) REFERENCES ledger_assets (id),
      CONSTRAINT ledger_balances_held CHECK (held >= 0),
      CONSTRAINT ledger_balances_user CHECK (kind <> 'user' OR available >= 0),
      CONSTRAINT ledger_balances_external CHECK (kind <> 'external' OR available + held <= 0)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('ledger_balances')
}
