import type { Knex } from 'knex'

/** Operators' own rules, and what they changed of those that are declared. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE alerts_rules (
      id VARCHAR(128) NOT NULL PRIMARY KEY,
      is_own TINYINT(1) NOT NULL,
      title VARCHAR(120) NOT NULL,
      indicator VARCHAR(64) NOT NULL,
      subject VARCHAR(190) NULL,
      comparison VARCHAR(10) NOT NULL,
      threshold VARCHAR(32) NOT NULL,
      for_seconds INT UNSIGNED NOT NULL,
      severity VARCHAR(10) NOT NULL,
      is_on TINYINT(1) NOT NULL,
      revision INT UNSIGNED NOT NULL,
      changed_by VARCHAR(64) NOT NULL,
      changed_at DATETIME(3) NOT NULL
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('alerts_rules')
}
