import type { Knex } from 'knex'

/** What users say of themselves; a user without a row has said nothing. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE users_profiles (
      user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
      display_name VARCHAR(60) NULL,
      language VARCHAR(10) NULL,
      time_zone VARCHAR(64) NULL,
      changed_at DATETIME(3) NOT NULL
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('users_profiles')
}
