import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TRIGGER ledger_assets_no_delete BEFORE DELETE ON ledger_assets FOR EACH ROW
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'An asset is never removed.'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TRIGGER IF EXISTS ledger_assets_no_delete')
}
