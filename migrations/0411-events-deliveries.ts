import type { Knex } from 'knex'

/** The outbox: one row an event and listener, written in the transaction of what happened, gone once it was told. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE events_deliveries (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      event_id CHAR(26) NOT NULL,
      event VARCHAR(128) NOT NULL,
      owner VARCHAR(64) NOT NULL,
      event_key VARCHAR(190) NOT NULL,
      data LONGTEXT NOT NULL,
      emitted_at DATETIME(3) NOT NULL,
      state VARCHAR(16) NOT NULL DEFAULT 'waiting',
      attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      next_at DATETIME(3) NOT NULL,
      reason TEXT NULL,
      KEY events_deliveries_next (event, owner, state, id),
      KEY events_deliveries_state (state, id)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('events_deliveries')
}
