import type { Knex } from 'knex'

/** Who was active on a day is counted over everybody. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE activity_entries ADD KEY activity_entries_at (at, user_id)')
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE activity_entries DROP KEY activity_entries_at')
}
