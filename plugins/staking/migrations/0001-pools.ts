import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('staking_pools', (table) => {
    table.string('id', 40).notNullable().collate('utf8mb4_bin').primary()
    table.string('name', 60).notNullable()
    table.string('asset_id', 16).notNullable().collate('utf8mb4_bin')
    table.enum('kind', ['flexible', 'locked']).notNullable()
    table.enum('state', ['draft', 'open', 'closed', 'ended']).notNullable()
    table.integer('term_days').unsigned()
    table.integer('unbonding_days').unsigned().notNullable()
    table.decimal('stake_min', 38, 0).notNullable()
    table.decimal('user_cap', 38, 0)
    table.decimal('pool_cap', 38, 0)
    table.integer('level_min').unsigned().notNullable()
    table.enum('reward_source', ['house', 'fees', 'network']).notNullable()
    table.string('reward_note', 200).notNullable()
    table.integer('sort_order').notNullable()
    table.bigInteger('ended_at_ms')
    table.bigInteger('created_at_ms').notNullable()
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('staking_pools')
}
