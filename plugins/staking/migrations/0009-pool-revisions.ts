import type { Knex } from 'knex'

/** Counts the changes of a pool's terms, so that two operators do not lose each other's. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE staking_pools ADD COLUMN revision INT UNSIGNED NOT NULL DEFAULT 1')
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE staking_pools DROP COLUMN revision')
}
