import type { Knex } from 'knex'

/** Every permission ever declared. It outlives its owner's disabling, and with it what an operator decided about it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE permissions (
      id VARCHAR(128) NOT NULL PRIMARY KEY,
      owner VARCHAR(64) NOT NULL,
      title VARCHAR(255) NOT NULL
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('permissions')
}
