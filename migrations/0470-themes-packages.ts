import type { Knex } from 'knex'

/** Installed theme packages; their bytes are artifacts, as those of plugins are. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE themes_packages (
      theme_id VARCHAR(64) NOT NULL,
      version VARCHAR(64) NOT NULL,
      digest CHAR(64) NOT NULL,
      name VARCHAR(214) NOT NULL,
      publisher VARCHAR(200) NOT NULL,
      signature ENUM('signed', 'unsigned') NOT NULL,
      key_id VARCHAR(16) NULL,
      installed_by VARCHAR(64) NOT NULL,
      installed_at DATETIME(3) NOT NULL,
      PRIMARY KEY (theme_id, version)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('themes_packages')
}
