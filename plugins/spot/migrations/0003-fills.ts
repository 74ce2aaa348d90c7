import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('spot_fills', (table) => {
    table.string('trade_id', 64).notNullable().collate('utf8mb4_bin')
    table.enum('role', ['maker', 'taker']).notNullable()
    table.string('order_id', 64).notNullable().collate('utf8mb4_bin')
    table.string('market_id', 33).notNullable().collate('utf8mb4_bin')
    table.string('user_id', 64).notNullable().collate('utf8mb4_bin')
    table.enum('side', ['buy', 'sell']).notNullable()
    table.decimal('price', 38, 18).notNullable()
    table.decimal('quantity', 38, 18).notNullable()
    table.decimal('fee', 38, 18).notNullable()
    table.string('fee_asset_id', 16).notNullable().collate('utf8mb4_bin')
    table.bigInteger('seq').notNullable()
    table.bigInteger('time_ms').notNullable()
    // A trade always has exactly these two sides, and applying it again must not make it four.
    table.primary(['trade_id', 'role'])
    table.index(['user_id', 'seq'], 'spot_fills_user')
    table.index(['order_id'], 'spot_fills_order')
    table.index(['role', 'seq'], 'spot_fills_newest')
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('spot_fills')
}
