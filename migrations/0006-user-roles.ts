import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE user_roles (
      user_id BIGINT UNSIGNED NOT NULL,
      role_id VARCHAR(64) NOT NULL,
      PRIMARY KEY (user_id, role_id),
      CONSTRAINT user_roles_user FOREIGN KEY (user_id) REFERENCES users (id),
      CONSTRAINT user_roles_role FOREIGN KEY (role_id) REFERENCES roles (id)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('user_roles')
}
