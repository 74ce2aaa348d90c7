import type { Knex } from 'knex'

/** Packages by the sha256 of their bytes. The bytes are in plugins_artifact_chunks. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE plugins_artifacts (
      digest CHAR(64) NOT NULL PRIMARY KEY,
      size INT UNSIGNED NOT NULL,
      created_at DATETIME(3) NOT NULL
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('plugins_artifacts')
}
