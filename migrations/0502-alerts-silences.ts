import type { Knex } from 'knex'

/** Nobody is told of what a silence covers until it ends. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE alerts_silences (
      id CHAR(26) NOT NULL PRIMARY KEY,
      rule_id VARCHAR(128) NULL,
      subject VARCHAR(190) NULL,
      reason VARCHAR(300) NOT NULL,
      created_by VARCHAR(64) NOT NULL,
      created_at DATETIME(3) NOT NULL,
      ends_at DATETIME(3) NOT NULL,
      KEY alerts_silences_ends (ends_at)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('alerts_silences')
}
