import type { Knex } from 'knex'

/** The theme in use per frontend, with the ones before it: the newest row counts. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE themes_choices (
      app ENUM('portal', 'admin') NOT NULL,
      number INT UNSIGNED NOT NULL,
      theme_id VARCHAR(64) NOT NULL,
      chosen_by VARCHAR(64) NOT NULL,
      chosen_at DATETIME(3) NOT NULL,
      PRIMARY KEY (app, number)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('themes_choices')
}
