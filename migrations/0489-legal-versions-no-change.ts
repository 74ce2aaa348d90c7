import type { Knex } from 'knex'

/** What was once in force stays readable as it was. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TRIGGER legal_versions_no_change BEFORE UPDATE ON legal_versions FOR EACH ROW
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Published versions stay as they are.'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TRIGGER IF EXISTS legal_versions_no_change')
}
