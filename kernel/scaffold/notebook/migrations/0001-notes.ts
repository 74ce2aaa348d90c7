import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('notebook_notes', (table) => {
    table.bigIncrements('id')
    table.string('user_id', 64).notNullable().collate('utf8mb4_bin')
    table.string('text', 500).notNullable()
    table.dateTime('created_at', { precision: 3 }).notNullable().index()
    table.index(['user_id', 'id'])
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('notebook_notes')
}
