import type { Knex } from 'knex'

/** Halted used to mean what is `cancelOnly` now: no new orders, and open ones can be canceled. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE spot_markets MODIFY COLUMN state
      ENUM('preOpen', 'trading', 'cancelOnly', 'halted') NOT NULL`)
  await knex('spot_markets').where({ state: 'halted' }).update({ state: 'cancelOnly' })
}

export async function down(knex: Knex): Promise<void> {
  await knex('spot_markets').whereNot({ state: 'trading' }).update({ state: 'halted' })
  await knex.raw(`ALTER TABLE spot_markets MODIFY COLUMN state ENUM('trading', 'halted') NOT NULL`)
}
