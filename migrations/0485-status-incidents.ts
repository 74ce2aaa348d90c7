import type { Knex } from 'knex'

/** What went wrong: written by an operator, or recorded by the platform when a part went down. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE status_incidents (
      id CHAR(26) NOT NULL PRIMARY KEY,
      source VARCHAR(16) NOT NULL,
      title VARCHAR(120) NOT NULL,
      impact VARCHAR(16) NOT NULL,
      parts TEXT NOT NULL,
      entries TEXT NOT NULL,
      begun_at DATETIME(3) NOT NULL,
      resolved_at DATETIME(3) NULL,
      KEY status_incidents_begun (begun_at)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('status_incidents')
}
