import type { Knex } from 'knex'

/** Links that were sent to an address, by hash: what is written in them is kept nowhere. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE users_letter_tokens (
      token_hash CHAR(43) NOT NULL PRIMARY KEY,
      user_id BIGINT UNSIGNED NOT NULL,
      purpose VARCHAR(20) NOT NULL,
      email_normalized VARCHAR(254) NOT NULL,
      expires_at DATETIME(3) NOT NULL,
      created_at DATETIME(3) NOT NULL,
      KEY users_letter_tokens_user (user_id, purpose),
      KEY users_letter_tokens_expiry (expires_at)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('users_letter_tokens')
}
