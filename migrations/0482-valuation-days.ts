import type { Knex } from 'knex'

/** What a user's balances were worth, one row a day: the last figure of the day stands. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE valuation_days (
      user_id VARCHAR(64) NOT NULL,
      day DATE NOT NULL,
      quote_asset_id VARCHAR(32) NOT NULL,
      worth VARCHAR(80) NOT NULL,
      at DATETIME(3) NOT NULL,
      PRIMARY KEY (user_id, day),
      KEY valuation_days_day (day)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('valuation_days')
}
