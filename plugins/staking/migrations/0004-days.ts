import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('staking_days', (table) => {
    table.string('pool_id', 40).notNullable().collate('utf8mb4_bin')
    table.bigInteger('day_ms').notNullable()
    table.decimal('staked', 38, 0).notNullable()
    table.integer('subscribers').unsigned().notNullable()
    table.decimal('required', 38, 0).notNullable()
    table.decimal('rewards', 38, 0).notNullable()
    // Decided once, before the first position of the day, so that all of them fare alike.
    table.boolean('is_funded').notNullable()
    table.primary(['pool_id', 'day_ms'])
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('staking_days')
}
