import type { Knex } from 'knex'

/**
 * Keys of users' programs. `api_key` names one and is no secret; the secret of an HMAC key lies sealed, of an Ed25519 key
 * only the public half is known here. What is revoked stays, without its secret, until it is too old to matter.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE users_api_keys (
      id CHAR(26) NOT NULL PRIMARY KEY,
      user_id BIGINT UNSIGNED NOT NULL,
      name VARCHAR(60) NOT NULL,
      api_key CHAR(64) NOT NULL UNIQUE,
      kind ENUM('hmac-sha256', 'ed25519') NOT NULL,
      sealed_secret TEXT NULL,
      public_key TEXT NULL,
      scopes TEXT NOT NULL,
      addresses TEXT NOT NULL,
      created_at DATETIME(3) NOT NULL,
      expires_at DATETIME(3) NULL,
      last_used_at DATETIME(3) NULL,
      last_used_address VARCHAR(64) NULL,
      revoked_at DATETIME(3) NULL,
      KEY users_api_keys_user (user_id, revoked_at),
      CONSTRAINT users_api_keys_user FOREIGN KEY (user_id) REFERENCES users (id)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('users_api_keys')
}
