import type { Knex } from 'knex'

/** The number of each engine shard is part of the ids of its orders and trades, and never changes. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE exchange_shards (
      number TINYINT UNSIGNED NOT NULL PRIMARY KEY,
      name VARCHAR(12) NOT NULL,
      created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
      UNIQUE KEY exchange_shards_name (name)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`)
  await knex.raw(`INSERT INTO exchange_shards (number, name) VALUES (0, 'main')`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('exchange_shards')
}
