import type { Knex } from 'knex'

/** Secrets of authenticator apps, sealed. `last_step` is the newest code that was used: none is taken twice. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE users_second_factors (
      user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
      sealed_secret VARCHAR(512) NOT NULL,
      is_active TINYINT(1) NOT NULL,
      last_step BIGINT NOT NULL,
      begun_at DATETIME(3) NOT NULL,
      activated_at DATETIME(3) NULL,
      CONSTRAINT users_second_factors_user FOREIGN KEY (user_id) REFERENCES users (id)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('users_second_factors')
}
