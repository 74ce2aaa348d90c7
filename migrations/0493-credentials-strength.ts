import type { Knex } from 'knex'

/** How hard a password is to guess, 0 to 4, as estimated when it was set; null for those set before. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE credentials ADD COLUMN strength TINYINT UNSIGNED NULL')
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE credentials DROP COLUMN strength')
}
