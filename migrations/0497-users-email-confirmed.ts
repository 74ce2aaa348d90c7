import type { Knex } from 'knex'

/** When a link that was sent to the address was opened. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE users ADD COLUMN email_confirmed_at DATETIME(3) NULL')
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE users DROP COLUMN email_confirmed_at')
}
