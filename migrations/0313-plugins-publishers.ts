import type { Knex } from 'knex'

/** Keys whose signatures the operator trusts, each for one publisher. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE plugins_publishers (
      key_id CHAR(16) NOT NULL PRIMARY KEY,
      public_key TEXT NOT NULL,
      publisher VARCHAR(200) NOT NULL,
      trusted_by VARCHAR(64) NOT NULL,
      trusted_at DATETIME(3) NOT NULL,
      expires_at DATETIME(3) NULL,
      revoked_at DATETIME(3) NULL
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('plugins_publishers')
}
