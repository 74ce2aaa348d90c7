import type { Knex } from 'knex'

/** Which revision of a theme people see, and which they saw before. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE themes_publications (
      theme_id VARCHAR(64) NOT NULL,
      number INT UNSIGNED NOT NULL,
      revision INT UNSIGNED NOT NULL,
      published_by VARCHAR(64) NOT NULL,
      published_at DATETIME(3) NOT NULL,
      PRIMARY KEY (theme_id, number)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('themes_publications')
}
