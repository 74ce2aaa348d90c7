import type { Knex } from 'knex'

/** Who has put an announcement away: it stays away on every device. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE announcements_dismissals (
      user_id VARCHAR(64) NOT NULL,
      announcement_id VARCHAR(32) NOT NULL,
      at DATETIME(3) NOT NULL,
      PRIMARY KEY (user_id, announcement_id)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('announcements_dismissals')
}
