import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('staking_accruals', (table) => {
    table.bigInteger('position_id').unsigned().notNullable()
    table.bigInteger('period_start_ms').notNullable()
    table.bigInteger('period_end_ms').notNullable()
    table.decimal('stake', 38, 0).notNullable()
    table.integer('apr_ppm').unsigned().notNullable()
    table.decimal('reward', 38, 0).notNullable()
    table.boolean('is_funded').notNullable()
    table.boolean('is_compounded').notNullable()
    table.bigInteger('paid_at_ms').notNullable()
    table.primary(['position_id', 'period_start_ms'])
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('staking_accruals')
}
