import type { Knex } from 'knex'

/**
 * `revision` counts the changes of a plugin that every node has to follow; starting it again on one of them is none.
 * `code_hash` is of the server code that serves: a node that has another one under the same version does not have the release.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('plugins_states', (table) => {
    table.integer('revision').unsigned().notNullable().defaultTo(0)
    table.string('code_hash', 64).nullable()
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('plugins_states', (table) => {
    table.dropColumns('revision', 'code_hash')
  })
}
