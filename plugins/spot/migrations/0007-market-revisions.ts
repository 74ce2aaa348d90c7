import type { Knex } from 'knex'

/** Counts the changes of a market's rules, so that two operators do not lose each other's. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE spot_markets ADD COLUMN revision INT UNSIGNED NOT NULL DEFAULT 1')
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE spot_markets DROP COLUMN revision')
}
