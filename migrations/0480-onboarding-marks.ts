import type { Knex } from 'knex'

/** What a user has done of the first steps, and what they do not want to be shown. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE onboarding_marks (
      user_id VARCHAR(64) NOT NULL,
      step_id VARCHAR(128) NOT NULL,
      done_at DATETIME(3) NULL,
      put_off VARCHAR(8) NULL,
      put_off_until DATETIME(3) NULL,
      PRIMARY KEY (user_id, step_id),
      KEY onboarding_marks_step (step_id)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('onboarding_marks')
}
