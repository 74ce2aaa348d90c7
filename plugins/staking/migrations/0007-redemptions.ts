import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('staking_redemptions', (table) => {
    table.bigIncrements('id')
    table.bigInteger('position_id').unsigned().notNullable()
    table.string('user_id', 64).notNullable().collate('utf8mb4_bin')
    table.string('pool_id', 40).notNullable().collate('utf8mb4_bin')
    table.string('asset_id', 16).notNullable().collate('utf8mb4_bin')
    table.enum('cause', ['request', 'maturity', 'poolEnd']).notNullable()
    table.decimal('penalty', 38, 0).notNullable()
    table.decimal('payout', 38, 0).notNullable()
    table.bigInteger('requested_at_ms').notNullable()
    table.bigInteger('releases_at_ms').notNullable()
    table.bigInteger('paid_at_ms')
    // Null once paid, so that the index of what waits holds nothing else.
    table.specificType('waits_until_ms', 'bigint as (if(paid_at_ms is null, releases_at_ms, null)) stored')
    table.index(['waits_until_ms'], 'staking_redemptions_waiting')
    table.index(['position_id'], 'staking_redemptions_position')
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('staking_redemptions')
}
