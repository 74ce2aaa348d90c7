import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE exchange_trades (
      market_id VARCHAR(32) NOT NULL,
      seq BIGINT UNSIGNED NOT NULL,
      price DECIMAL(38,18) NOT NULL,
      quantity DECIMAL(38,18) NOT NULL,
      taker_side ENUM('buy', 'sell') NOT NULL,
      time BIGINT UNSIGNED NOT NULL,
      PRIMARY KEY (market_id, seq)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('exchange_trades')
}
