import type { Knex } from 'knex'

/** What each idempotency key was used for and how that ended; `finished_at` is empty while it runs. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE idempotency_keys (
      scope VARCHAR(64) NOT NULL,
      idempotency_key VARCHAR(128) NOT NULL,
      attempt CHAR(26) NOT NULL,
      input_hash BINARY(32) NOT NULL,
      node VARCHAR(128) NOT NULL,
      boot CHAR(26) NOT NULL,
      lease_expires_at DATETIME(3) NOT NULL,
      created_at DATETIME(3) NOT NULL,
      finished_at DATETIME(3) NULL,
      outcome MEDIUMTEXT NULL,
      PRIMARY KEY (scope, idempotency_key),
      KEY created_at (created_at)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('idempotency_keys')
}
