import type { Knex } from 'knex'

/** When a product, or the whole platform, rests. `ends_at` is what users are told; `ended_at` is when it was over. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE maintenance_windows (
      id VARCHAR(32) NOT NULL PRIMARY KEY,
      scope VARCHAR(64) NOT NULL,
      message VARCHAR(500) NOT NULL,
      begins_at DATETIME(3) NOT NULL,
      ends_at DATETIME(3) NULL,
      ended_at DATETIME(3) NULL,
      revision INT UNSIGNED NOT NULL,
      changed_by VARCHAR(64) NOT NULL,
      changed_at DATETIME(3) NOT NULL,
      KEY maintenance_windows_open (ended_at, begins_at)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('maintenance_windows')
}
