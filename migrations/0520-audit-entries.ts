import type { Knex } from 'knex'

/** What operators did. A row is written before the act and settled once after it, see the triggers that follow. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE audit_entries (
      seq BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      at DATETIME(3) NOT NULL,
      actor_id VARCHAR(64) NOT NULL,
      action VARCHAR(128) NOT NULL,
      owner VARCHAR(64) NOT NULL,
      title VARCHAR(300) NOT NULL,
      subject_kind VARCHAR(64) NOT NULL,
      subject_id VARCHAR(190) NOT NULL,
      request_id VARCHAR(64) NOT NULL,
      address VARCHAR(64) NOT NULL,
      params MEDIUMTEXT NOT NULL,
      state_before MEDIUMTEXT NULL,
      state_after MEDIUMTEXT NULL,
      outcome VARCHAR(16) NULL,
      problem VARCHAR(128) NULL,
      took_ms INT UNSIGNED NULL,
      KEY audit_entries_subject (subject_kind, subject_id, seq),
      KEY audit_entries_actor (actor_id, seq),
      KEY audit_entries_owner (owner, seq),
      KEY audit_entries_request (request_id)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('audit_entries')
}
