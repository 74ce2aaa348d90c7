import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('spot_checkpoints', (table) => {
    table.string('name', 64).notNullable().collate('utf8mb4_bin').primary()
    table.bigInteger('seq').notNullable()
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('spot_checkpoints')
}
