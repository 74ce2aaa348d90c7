import type { Knex } from 'knex'

/** How each part of the platform is, since when, and when it was last looked at. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE status_parts (
      part_id VARCHAR(64) NOT NULL PRIMARY KEY,
      name VARCHAR(200) NOT NULL,
      state VARCHAR(16) NOT NULL,
      since DATETIME(3) NOT NULL,
      sampled_at DATETIME(3) NOT NULL
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('status_parts')
}
