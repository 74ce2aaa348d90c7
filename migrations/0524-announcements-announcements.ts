import type { Knex } from 'knex'

/** What operators tell everybody. `texts` is an object by locale; `withdrawn_at` takes it down before its time. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE announcements_announcements (
      id VARCHAR(32) NOT NULL PRIMARY KEY,
      level VARCHAR(16) NOT NULL,
      audience VARCHAR(16) NOT NULL,
      texts MEDIUMTEXT NOT NULL,
      is_dismissible TINYINT(1) NOT NULL,
      from_at DATETIME(3) NOT NULL,
      until_at DATETIME(3) NULL,
      withdrawn_at DATETIME(3) NULL,
      revision INT UNSIGNED NOT NULL,
      changed_by VARCHAR(64) NOT NULL,
      changed_at DATETIME(3) NOT NULL,
      KEY announcements_announcements_open (withdrawn_at, from_at)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('announcements_announcements')
}
