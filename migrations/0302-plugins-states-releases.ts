import type { Knex } from 'knex'

/** Which release of a plugin serves and which one served before, how it runs, and what the operator said about it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE plugins_states
      ADD COLUMN digest CHAR(64) NULL AFTER version,
      ADD COLUMN previous_version VARCHAR(64) NULL AFTER digest,
      ADD COLUMN previous_digest CHAR(64) NULL AFTER previous_version,
      ADD COLUMN is_pinned BOOLEAN NOT NULL DEFAULT FALSE,
      ADD COLUMN tier VARCHAR(16) NULL,
      ADD COLUMN quarantined_at DATETIME(3) NULL`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE plugins_states
      DROP COLUMN IF EXISTS digest,
      DROP COLUMN IF EXISTS previous_version,
      DROP COLUMN IF EXISTS previous_digest,
      DROP COLUMN IF EXISTS is_pinned,
      DROP COLUMN IF EXISTS tier,
      DROP COLUMN IF EXISTS quarantined_at`)
}
