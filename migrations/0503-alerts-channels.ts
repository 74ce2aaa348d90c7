import type { Knex } from 'knex'

/** Where alerts are told; the secret in `content` is sealed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE alerts_channels (
      id CHAR(26) NOT NULL PRIMARY KEY,
      kind VARCHAR(10) NOT NULL,
      name VARCHAR(80) NOT NULL,
      content TEXT NOT NULL,
      severity_min VARCHAR(10) NOT NULL,
      is_on TINYINT(1) NOT NULL,
      revision INT UNSIGNED NOT NULL,
      changed_by VARCHAR(64) NOT NULL,
      changed_at DATETIME(3) NOT NULL
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('alerts_channels')
}
