import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TRIGGER ledger_assets_no_update BEFORE UPDATE ON ledger_assets FOR EACH ROW
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'An asset keeps its name and scales for life.'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TRIGGER IF EXISTS ledger_assets_no_update')
}
