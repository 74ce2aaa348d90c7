import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE exchange_transfers (
      id CHAR(26) NOT NULL PRIMARY KEY,
      user_id VARCHAR(64) NOT NULL,
      \`key\` VARCHAR(190) NOT NULL,
      asset_id VARCHAR(20) NOT NULL,
      amount DECIMAL(38,0) NOT NULL,
      source ENUM('funding', 'spot') NOT NULL,
      target ENUM('funding', 'spot') NOT NULL,
      state ENUM('open', 'done', 'refused') NOT NULL DEFAULT 'open',
      reason VARCHAR(60) NULL,
      seq BIGINT UNSIGNED NULL,
      created_at DATETIME(3) NOT NULL,
      finished_at DATETIME(3) NULL,
      UNIQUE KEY exchange_transfers_key (user_id, \`key\`),
      KEY exchange_transfers_state (state, id),
      KEY exchange_transfers_seq (seq),
      CONSTRAINT exchange_transfers_amount CHECK (amount > 0),
      CONSTRAINT exchange_transfers_wallets CHECK (source <> target),
      CONSTRAINT exchange_transfers_finished CHECK ((state = 'open') = (finished_at IS NULL)),
      CONSTRAINT exchange_transfers_asset FOREIGN KEY (asset_id) REFERENCES ledger_assets (id)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('exchange_transfers')
}
