import type { Knex } from 'knex'

/** What users' bells show; texts are keys of the owner's locales. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE notifications_notices (
      id CHAR(26) NOT NULL PRIMARY KEY,
      user_id VARCHAR(64) NOT NULL,
      owner VARCHAR(64) NOT NULL,
      notice_key VARCHAR(190) NOT NULL,
      kind VARCHAR(128) NOT NULL,
      title VARCHAR(200) NOT NULL,
      body VARCHAR(200) NOT NULL,
      data TEXT NOT NULL,
      link VARCHAR(300) NULL,
      created_at DATETIME(3) NOT NULL,
      read_at DATETIME(3) NULL,
      UNIQUE KEY notifications_notices_key (owner, user_id, notice_key),
      KEY notifications_notices_user (user_id, id),
      KEY notifications_notices_unread (user_id, read_at)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('notifications_notices')
}
