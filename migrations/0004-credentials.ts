import type { Knex } from 'knex'

/** How a user proves who they are: one row a kind. House accounts have none, so nobody can sign in as one. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE credentials (
      user_id BIGINT UNSIGNED NOT NULL,
      kind VARCHAR(32) NOT NULL,
      secret VARCHAR(512) NOT NULL,
      changed_at DATETIME(3) NOT NULL,
      PRIMARY KEY (user_id, kind),
      CONSTRAINT credentials_user FOREIGN KEY (user_id) REFERENCES users (id)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('credentials')
}
