import type { Knex } from 'knex'

/** What rules found; `active_key` is there as long as it is not over, so that nothing is found twice. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE alerts_alerts (
      id CHAR(26) NOT NULL PRIMARY KEY,
      rule_id VARCHAR(128) NOT NULL,
      subject VARCHAR(190) NOT NULL,
      active_key CHAR(43) NULL,
      state VARCHAR(10) NOT NULL,
      title VARCHAR(120) NOT NULL,
      severity VARCHAR(10) NOT NULL,
      indicator VARCHAR(64) NOT NULL,
      comparison VARCHAR(10) NOT NULL,
      threshold VARCHAR(32) NOT NULL,
      value VARCHAR(32) NOT NULL,
      pending_at DATETIME(3) NOT NULL,
      firing_at DATETIME(3) NULL,
      good_since DATETIME(3) NULL,
      notified_at DATETIME(3) NULL,
      resolved_at DATETIME(3) NULL,
      UNIQUE KEY alerts_alerts_active (active_key),
      KEY alerts_alerts_state (state, id),
      KEY alerts_alerts_resolved (resolved_at)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('alerts_alerts')
}
