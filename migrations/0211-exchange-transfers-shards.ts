import type { Knex } from 'knex'

/**
 * A spot wallet is one of a shard. `leg` is 2 once funds on their way between two shards have left the first and wait
 * in the second's transit account.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE exchange_transfers
      ADD COLUMN source_shard VARCHAR(12) NOT NULL DEFAULT 'main',
      ADD COLUMN target_shard VARCHAR(12) NOT NULL DEFAULT 'main',
      ADD COLUMN leg TINYINT UNSIGNED NOT NULL DEFAULT 1,
      DROP CONSTRAINT exchange_transfers_wallets,
      ADD CONSTRAINT exchange_transfers_homes CHECK (source <> target OR source_shard <> target_shard)`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE exchange_transfers
      DROP CONSTRAINT exchange_transfers_homes,
      ADD CONSTRAINT exchange_transfers_wallets CHECK (source <> target),
      DROP COLUMN source_shard,
      DROP COLUMN target_shard,
      DROP COLUMN leg`)
}
