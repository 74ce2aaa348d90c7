import type { Knex } from 'knex'

/** What a role may do. The role `admin` has no rows: it holds every permission there is. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE role_permissions (
      role_id VARCHAR(64) NOT NULL,
      permission_id VARCHAR(128) NOT NULL,
      PRIMARY KEY (role_id, permission_id),
      CONSTRAINT role_permissions_role FOREIGN KEY (role_id) REFERENCES roles (id),
      CONSTRAINT role_permissions_permission FOREIGN KEY (permission_id) REFERENCES permissions (id)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('role_permissions')
}
