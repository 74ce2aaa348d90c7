import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('staking_fundings', (table) => {
    table.bigIncrements('id')
    table.string('pool_id', 40).notNullable().collate('utf8mb4_bin')
    table.enum('direction', ['in', 'out']).notNullable()
    table.string('asset_id', 16).notNullable().collate('utf8mb4_bin')
    table.decimal('amount', 38, 0).notNullable()
    table.string('reason', 500).notNullable()
    table.string('actor', 64).notNullable().collate('utf8mb4_bin')
    table.string('entry_id', 64).notNullable().collate('utf8mb4_bin')
    table.bigInteger('created_at_ms').notNullable()
    table.index(['pool_id', 'id'], 'staking_fundings_pool')
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('staking_fundings')
}
