import type { Knex } from 'knex'

/** Whom the operator chose to answer at a strategy point. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE filters_choices (
      point VARCHAR(128) NOT NULL PRIMARY KEY,
      provider VARCHAR(128) NOT NULL,
      owner VARCHAR(64) NOT NULL,
      changed_by VARCHAR(64) NOT NULL,
      changed_at DATETIME(3) NOT NULL
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('filters_choices')
}
