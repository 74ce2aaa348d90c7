import type { Knex } from 'knex'

/** Every job there ever was, with its schedule. A row is also the lock under which one run of the job is begun. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE jobs_definitions (
      name VARCHAR(128) NOT NULL PRIMARY KEY,
      owner VARCHAR(64) NOT NULL,
      title VARCHAR(200) NOT NULL,
      every_ms BIGINT UNSIGNED NULL,
      cron VARCHAR(120) NULL,
      timeout_ms INT UNSIGNED NOT NULL,
      attempts SMALLINT UNSIGNED NOT NULL,
      next_at DATETIME(3) NULL,
      KEY jobs_definitions_owner (owner)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('jobs_definitions')
}
