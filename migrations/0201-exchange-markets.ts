import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE exchange_markets (
      id VARCHAR(32) NOT NULL PRIMARY KEY,
      base_asset_id VARCHAR(20) NOT NULL,
      quote_asset_id VARCHAR(20) NOT NULL,
      tick_size VARCHAR(40) NOT NULL,
      lot_size VARCHAR(40) NOT NULL,
      notional_min VARCHAR(40) NOT NULL,
      maker_fee_ppm INT UNSIGNED NOT NULL,
      taker_fee_ppm INT UNSIGNED NOT NULL,
      state ENUM('trading', 'halted') NOT NULL,
      CONSTRAINT exchange_markets_base FOREIGN KEY (base_asset_id) REFERENCES ledger_assets (id),
      CONSTRAINT exchange_markets_quote FOREIGN KEY (quote_asset_id) REFERENCES ledger_assets (id)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('exchange_markets')
}
