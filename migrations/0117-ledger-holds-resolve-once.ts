import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TRIGGER ledger_holds_resolve_once BEFORE UPDATE ON ledger_holds FOR EACH ROW
      IF OLD.state <> 'placed' OR NEW.state = 'placed' OR NEW.id <> OLD.id OR NEW.\`key\` <> OLD.\`key\`
        OR NEW.account_id <> OLD.account_id OR NEW.asset_id <> OLD.asset_id OR NEW.amount <> OLD.amount
      THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'A hold is resolved once and never changed.';
      END IF`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TRIGGER IF EXISTS ledger_holds_resolve_once')
}
