import type { Knex } from 'knex'

/** What a user keeps of a list under a name: its filters, its order and its columns. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE views_views (
      id CHAR(26) NOT NULL,
      user_id VARCHAR(64) NOT NULL,
      list_id VARCHAR(64) NOT NULL,
      name VARCHAR(60) NOT NULL,
      query TEXT NOT NULL,
      columns TEXT NOT NULL,
      created_at DATETIME(3) NOT NULL,
      changed_at DATETIME(3) NOT NULL,
      PRIMARY KEY (id),
      UNIQUE KEY views_views_name (user_id, list_id, name)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('views_views')
}
