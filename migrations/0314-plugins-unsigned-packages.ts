import type { Knex } from 'knex'

/** Unsigned packages the operator lets in, one by one. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE plugins_unsigned_packages (
      digest CHAR(64) NOT NULL PRIMARY KEY,
      allowed_by VARCHAR(64) NOT NULL,
      allowed_at DATETIME(3) NOT NULL
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('plugins_unsigned_packages')
}
