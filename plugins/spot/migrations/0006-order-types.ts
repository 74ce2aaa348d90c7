import type { Knex } from 'knex'

/** Orders that wait, show a part of themselves, end by themselves, hang together or lose some to self-trade prevention. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE spot_orders
      MODIFY COLUMN type
        ENUM('limit', 'market', 'stop', 'stopLimit', 'takeProfit', 'takeProfitLimit') NOT NULL,
      MODIFY COLUMN status
        ENUM('open', 'partiallyFilled', 'filled', 'canceled', 'expired', 'rejected', 'waiting', 'pending') NOT NULL,
      ADD COLUMN quote_quantity DECIMAL(38,18) NULL,
      ADD COLUMN display_quantity DECIMAL(38,18) NULL,
      ADD COLUMN trigger_price DECIMAL(38,18) NULL,
      ADD COLUMN trailing_bips INT UNSIGNED NULL,
      ADD COLUMN expires_at_ms BIGINT NULL,
      ADD COLUMN list_id VARCHAR(64) COLLATE utf8mb4_bin NULL,
      ADD COLUMN prevented_quantity DECIMAL(38,18) NOT NULL DEFAULT 0`)
  await replaceIsOpen(knex, "'open', 'partiallyFilled', 'waiting', 'pending'")
}

export async function down(knex: Knex): Promise<void> {
  await knex('spot_orders').whereIn('status', ['waiting', 'pending']).update({ status: 'open' })
  await knex('spot_orders').where('type', 'like', '%Limit').update({ type: 'limit' })
  await knex('spot_orders').whereIn('type', ['stop', 'takeProfit']).update({ type: 'market' })
  await replaceIsOpen(knex, "'open', 'partiallyFilled'")
  await knex.raw(`
    ALTER TABLE spot_orders
      MODIFY COLUMN type ENUM('limit', 'market') NOT NULL,
      MODIFY COLUMN status
        ENUM('open', 'partiallyFilled', 'filled', 'canceled', 'expired', 'rejected') NOT NULL,
      DROP COLUMN quote_quantity, DROP COLUMN display_quantity, DROP COLUMN trigger_price,
      DROP COLUMN trailing_bips, DROP COLUMN expires_at_ms, DROP COLUMN list_id, DROP COLUMN prevented_quantity`)
}

/** The expression of a generated column cannot be changed, and its indexes go with it. */
async function replaceIsOpen(knex: Knex, statuses: string): Promise<void> {
  await knex.raw(`
    ALTER TABLE spot_orders
      DROP INDEX spot_orders_open_by_user, DROP INDEX spot_orders_open_by_market, DROP COLUMN is_open`)
  await knex.raw(`
    ALTER TABLE spot_orders
      ADD COLUMN is_open TINYINT(1) AS (IF(status IN (${statuses}), 1, NULL)) STORED,
      ADD INDEX spot_orders_open_by_user (is_open, user_id, market_id),
      ADD INDEX spot_orders_open_by_market (market_id, is_open)`)
}
