import type { Knex } from 'knex'

/** One row a kernel process; `boot` tells its current life from the ones before. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE kernel_nodes (
      id VARCHAR(128) NOT NULL PRIMARY KEY,
      boot CHAR(26) NOT NULL,
      started_at DATETIME(3) NOT NULL
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('kernel_nodes')
}
