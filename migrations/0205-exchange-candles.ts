import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE exchange_candles (
      market_id VARCHAR(32) NOT NULL,
      \`interval\` ENUM('1m', '5m', '15m', '1h', '4h', '1d') NOT NULL,
      open_time BIGINT UNSIGNED NOT NULL,
      open DECIMAL(38,18) NOT NULL,
      high DECIMAL(38,18) NOT NULL,
      low DECIMAL(38,18) NOT NULL,
      close DECIMAL(38,18) NOT NULL,
      volume DECIMAL(38,18) NOT NULL,
      quote_volume DECIMAL(38,18) NOT NULL,
      trades INT UNSIGNED NOT NULL,
      PRIMARY KEY (market_id, \`interval\`, open_time)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('exchange_candles')
}
