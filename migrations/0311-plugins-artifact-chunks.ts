import type { Knex } from 'knex'

/** The bytes of packages in pieces small enough for any max_allowed_packet. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE plugins_artifact_chunks (
      digest CHAR(64) NOT NULL,
      seq INT UNSIGNED NOT NULL,
      bytes MEDIUMBLOB NOT NULL,
      PRIMARY KEY (digest, seq)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('plugins_artifact_chunks')
}
