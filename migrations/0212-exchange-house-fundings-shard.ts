import type { Knex } from 'knex'

/** A house account is funded in every shard it trades in. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE exchange_house_fundings
      ADD COLUMN shard VARCHAR(12) NOT NULL DEFAULT 'main',
      DROP PRIMARY KEY,
      ADD PRIMARY KEY (name, asset_id, shard)`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`DELETE FROM exchange_house_fundings WHERE shard <> 'main'`)
  await knex.raw(`
    ALTER TABLE exchange_house_fundings
      DROP PRIMARY KEY,
      ADD PRIMARY KEY (name, asset_id),
      DROP COLUMN shard`)
}
