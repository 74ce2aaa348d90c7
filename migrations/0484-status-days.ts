import type { Knex } from 'knex'

/** For how long each part was how, by day in UTC; what was not looked at is in none of them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE status_days (
      part_id VARCHAR(64) NOT NULL,
      day DATE NOT NULL,
      operational_ms BIGINT UNSIGNED NOT NULL DEFAULT 0,
      degraded_ms BIGINT UNSIGNED NOT NULL DEFAULT 0,
      down_ms BIGINT UNSIGNED NOT NULL DEFAULT 0,
      maintenance_ms BIGINT UNSIGNED NOT NULL DEFAULT 0,
      PRIMARY KEY (part_id, day)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('status_days')
}
