import type { Knex } from 'knex'

/** Who is told of which event, enabled or not. Who delivers holds a lease, so that order is kept over nodes. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE events_listeners (
      event VARCHAR(128) NOT NULL,
      owner VARCHAR(64) NOT NULL,
      lease_node CHAR(26) NULL,
      lease_until DATETIME(3) NULL,
      PRIMARY KEY (event, owner)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('events_listeners')
}
