import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('spot_orders', (table) => {
    table.string('id', 64).notNullable().collate('utf8mb4_bin').primary()
    table.string('client_order_id', 64).notNullable().collate('utf8mb4_bin')
    table.string('market_id', 33).notNullable().collate('utf8mb4_bin')
    table.string('user_id', 64).notNullable().collate('utf8mb4_bin')
    table.enum('side', ['buy', 'sell']).notNullable()
    table.enum('type', ['limit', 'market']).notNullable()
    table.string('time_in_force', 3).notNullable()
    table.boolean('is_post_only').notNullable()
    table.decimal('price', 38, 18)
    table.decimal('quantity', 38, 18).notNullable()
    table.decimal('filled_quantity', 38, 18).notNullable()
    table.decimal('filled_notional', 38, 18).notNullable()
    table
      .enum('status', ['open', 'partiallyFilled', 'filled', 'canceled', 'expired', 'rejected'])
      .notNullable()
    table.string('reason', 64)
    // The sequence of the event that accepted it orders every list; the last one tells a newer row from an older.
    table.bigInteger('accepted_seq').notNullable()
    table.bigInteger('seq').notNullable()
    table.bigInteger('created_at_ms').notNullable()
    table.bigInteger('updated_at_ms').notNullable()
    // Null once the order has ended, so that the index of open orders holds nothing else.
    table.specificType('is_open', "tinyint(1) as (if(status in ('open', 'partiallyFilled'), 1, null)) stored")
    table.index(['user_id', 'accepted_seq'], 'spot_orders_user')
    table.index(['is_open', 'user_id', 'market_id'], 'spot_orders_open_by_user')
    table.index(['market_id', 'is_open'], 'spot_orders_open_by_market')
    table.index(['accepted_seq'], 'spot_orders_newest')
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('spot_orders')
}
