import type { Knex } from 'knex'

/** What is to be told on a channel, and what became of it: once for an alert, a channel and a turn of the alert. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE alerts_deliveries (
      id CHAR(26) NOT NULL PRIMARY KEY,
      channel_id CHAR(26) NOT NULL,
      alert_id CHAR(26) NOT NULL,
      turn VARCHAR(10) NOT NULL,
      content TEXT NOT NULL,
      state VARCHAR(10) NOT NULL,
      attempts INT UNSIGNED NOT NULL,
      next_at DATETIME(3) NOT NULL,
      answer VARCHAR(500) NULL,
      duration_ms INT UNSIGNED NULL,
      created_at DATETIME(3) NOT NULL,
      finished_at DATETIME(3) NULL,
      UNIQUE KEY alerts_deliveries_once (channel_id, alert_id, turn),
      KEY alerts_deliveries_due (state, next_at),
      KEY alerts_deliveries_channel (channel_id, id)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('alerts_deliveries')
}
