import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('staking_rates', (table) => {
    table.string('pool_id', 40).notNullable().collate('utf8mb4_bin')
    table.bigInteger('effective_from_ms').notNullable()
    // [["0", 50000], ["100000000000", 20000]]: units from which, and millionths a year.
    table.text('tiers').notNullable()
    table.primary(['pool_id', 'effective_from_ms'])
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('staking_rates')
}
