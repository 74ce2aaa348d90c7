import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('spot_markets', (table) => {
    table.string('id', 33).notNullable().collate('utf8mb4_bin').primary()
    table.string('base_asset_id', 16).notNullable().collate('utf8mb4_bin')
    table.string('quote_asset_id', 16).notNullable().collate('utf8mb4_bin')
    table.decimal('tick_size', 38, 18).notNullable()
    table.decimal('lot_size', 38, 18).notNullable()
    table.decimal('notional_min', 38, 18).notNullable()
    table.integer('maker_fee_ppm').unsigned().notNullable()
    table.integer('taker_fee_ppm').unsigned().notNullable()
    table.enum('state', ['trading', 'halted']).notNullable()
    table.integer('sort_order').notNullable()
    table.bigInteger('created_at_ms').notNullable()
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('spot_markets')
}
