import type { Knex } from 'knex'

/** What gates of products ask for, and the moment everything personal was taken out of the account. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE users
      ADD COLUMN level TINYINT UNSIGNED NOT NULL DEFAULT 0,
      ADD COLUMN erased_at DATETIME(3) NULL`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE users DROP COLUMN level, DROP COLUMN erased_at')
}
