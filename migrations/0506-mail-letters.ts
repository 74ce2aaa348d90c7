import type { Knex } from 'knex'

/** Letters to be sent; `content` is sealed, and taken away when the letter is over. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE mail_letters (
      id CHAR(26) NOT NULL PRIMARY KEY,
      letter_key VARCHAR(190) NOT NULL,
      kind VARCHAR(64) NOT NULL,
      recipient VARCHAR(254) NOT NULL,
      content LONGTEXT NULL,
      state VARCHAR(10) NOT NULL,
      attempts INT UNSIGNED NOT NULL,
      next_at DATETIME(3) NOT NULL,
      expires_at DATETIME(3) NULL,
      answer VARCHAR(500) NULL,
      created_at DATETIME(3) NOT NULL,
      finished_at DATETIME(3) NULL,
      UNIQUE KEY mail_letters_key (letter_key),
      KEY mail_letters_due (state, next_at)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('mail_letters')
}
