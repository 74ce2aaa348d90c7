import type { Knex } from 'knex'

/** One row: whoever holds its lock looks at the rules. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE alerts_turns (
      id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
      node VARCHAR(100) NULL,
      looked_at DATETIME(3) NULL
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('alerts_turns')
}
