import type { Knex } from 'knex'

/** Every version of a plugin that was installed or kept. A bundled version kept twice differs in its digest. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE plugins_releases (
      plugin_id VARCHAR(64) NOT NULL,
      version VARCHAR(64) NOT NULL,
      digest CHAR(64) NOT NULL,
      name VARCHAR(214) NOT NULL,
      source VARCHAR(16) NOT NULL,
      publisher VARCHAR(200) NOT NULL,
      signature VARCHAR(16) NOT NULL,
      key_id CHAR(16) NULL,
      installed_at DATETIME(3) NOT NULL,
      PRIMARY KEY (plugin_id, version, digest),
      KEY plugins_releases_digest (digest)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('plugins_releases')
}
