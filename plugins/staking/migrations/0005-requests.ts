import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('staking_requests', (table) => {
    table.string('caller', 64).notNullable().collate('utf8mb4_bin')
    table.string('request_key', 128).notNullable().collate('utf8mb4_bin')
    table.specificType('content_hash', 'binary(32)').notNullable()
    // Null until the transaction that answers it commits, which is the one that inserted it.
    table.text('answer')
    table.bigInteger('created_at_ms').notNullable()
    table.primary(['caller', 'request_key'])
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('staking_requests')
}
