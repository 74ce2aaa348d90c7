import type { Knex } from 'knex'

/** Sign-ins, and what changed about how an account is protected: by whom, from where, why. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE users_security_entries (
      id CHAR(26) NOT NULL PRIMARY KEY,
      user_id BIGINT UNSIGNED NOT NULL,
      kind VARCHAR(40) NOT NULL,
      address VARCHAR(64) NOT NULL,
      user_agent VARCHAR(200) NOT NULL,
      done_by VARCHAR(64) NOT NULL,
      reason VARCHAR(300) NULL,
      at DATETIME(3) NOT NULL,
      KEY users_security_entries_user (user_id, id),
      KEY users_security_entries_at (at)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('users_security_entries')
}
