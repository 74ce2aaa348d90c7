import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TRIGGER audit_entries_settle_once BEFORE UPDATE ON audit_entries FOR EACH ROW
      IF OLD.outcome IS NOT NULL OR NEW.outcome IS NULL OR NEW.seq <> OLD.seq OR NEW.at <> OLD.at
        OR NEW.actor_id <> OLD.actor_id OR NEW.action <> OLD.action OR NEW.owner <> OLD.owner
        OR NEW.title <> OLD.title OR NEW.request_id <> OLD.request_id OR NEW.address <> OLD.address
        OR NEW.params <> OLD.params OR NOT (NEW.state_before <=> OLD.state_before)
      THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'An audit entry is settled once and never changed.';
      END IF`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TRIGGER IF EXISTS audit_entries_settle_once')
}
