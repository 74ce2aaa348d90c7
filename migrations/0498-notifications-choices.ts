import type { Knex } from 'knex'

/** Which kinds of notice a user wants where, as far as it is not as the kind has it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE notifications_choices (
      user_id VARCHAR(64) NOT NULL,
      kind VARCHAR(128) NOT NULL,
      channel VARCHAR(10) NOT NULL,
      is_on TINYINT(1) NOT NULL,
      PRIMARY KEY (user_id, kind, channel)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('notifications_choices')
}
