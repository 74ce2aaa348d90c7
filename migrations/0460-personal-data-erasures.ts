import type { Knex } from 'knex'

/** Accounts that were erased, and which owners have followed; an owner that is away follows when it is back. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE personal_data_erasures (
      user_id VARCHAR(64) NOT NULL,
      owner VARCHAR(64) NOT NULL,
      reason VARCHAR(300) NOT NULL,
      asked_by VARCHAR(64) NOT NULL,
      done_at DATETIME(3) NOT NULL,
      PRIMARY KEY (user_id, owner),
      KEY personal_data_erasures_owner (owner)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('personal_data_erasures')
}
