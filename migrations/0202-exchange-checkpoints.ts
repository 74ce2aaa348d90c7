import type { Knex } from 'knex'

/** The last engine sequence each of the kernel's own followers has applied, written with what it applied. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE exchange_checkpoints (
      name VARCHAR(60) NOT NULL PRIMARY KEY,
      seq BIGINT UNSIGNED NOT NULL,
      updated_at DATETIME(3) NOT NULL
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('exchange_checkpoints')
}
