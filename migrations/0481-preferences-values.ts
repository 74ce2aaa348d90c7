import type { Knex } from 'knex'

/** What a user chose about how pages look to them: a value under a name. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE preferences_values (
      user_id VARCHAR(64) NOT NULL,
      preference_id VARCHAR(64) NOT NULL,
      value TEXT NOT NULL,
      changed_at DATETIME(3) NOT NULL,
      PRIMARY KEY (user_id, preference_id),
      KEY preferences_values_preference (preference_id)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('preferences_values')
}
