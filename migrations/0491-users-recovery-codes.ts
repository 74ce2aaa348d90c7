import type { Knex } from 'knex'

/** Hashes of the codes for who has lost the authenticator app; each opens the account once. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE users_recovery_codes (
      user_id BIGINT UNSIGNED NOT NULL,
      code_hash CHAR(43) NOT NULL,
      made_at DATETIME(3) NOT NULL,
      used_at DATETIME(3) NULL,
      PRIMARY KEY (user_id, code_hash),
      CONSTRAINT users_recovery_codes_user FOREIGN KEY (user_id) REFERENCES users (id)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('users_recovery_codes')
}
