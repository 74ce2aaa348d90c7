import type { Knex } from 'knex'

/** A market stays in the shard it was defined in. Halted was what `cancelOnly` is now: no new orders, cancels go on. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE exchange_markets
      ADD COLUMN shard VARCHAR(12) NOT NULL DEFAULT 'main',
      MODIFY COLUMN state ENUM('preOpen', 'trading', 'cancelOnly', 'halted') NOT NULL`)
  await knex.raw(`UPDATE exchange_markets SET state = 'cancelOnly' WHERE state = 'halted'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`UPDATE exchange_markets SET state = 'halted' WHERE state <> 'trading'`)
  await knex.raw(`
    ALTER TABLE exchange_markets
      DROP COLUMN shard,
      MODIFY COLUMN state ENUM('trading', 'halted') NOT NULL`)
}
