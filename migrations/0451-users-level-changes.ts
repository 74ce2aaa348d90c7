import type { Knex } from 'knex'

/** Who gave which user what level, and why. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE users_level_changes (
      id CHAR(26) NOT NULL PRIMARY KEY,
      user_id BIGINT UNSIGNED NOT NULL,
      level_before TINYINT UNSIGNED NOT NULL,
      level_after TINYINT UNSIGNED NOT NULL,
      reason VARCHAR(300) NOT NULL,
      changed_by VARCHAR(64) NOT NULL,
      changed_at DATETIME(3) NOT NULL,
      KEY users_level_changes_user (user_id, id)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('users_level_changes')
}
