import type { Knex } from 'knex'

/** What happened to users' money and accounts, over all products; texts are keys of the owner's locales. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE activity_entries (
      seq BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      user_id VARCHAR(64) NOT NULL,
      owner VARCHAR(64) NOT NULL,
      kind VARCHAR(128) NOT NULL,
      entry_key VARCHAR(190) NOT NULL,
      title VARCHAR(200) NOT NULL,
      icon VARCHAR(80) NOT NULL,
      asset_id VARCHAR(32) NULL,
      amount VARCHAR(64) NULL,
      state VARCHAR(16) NOT NULL,
      link VARCHAR(300) NULL,
      data TEXT NOT NULL,
      at DATETIME(3) NOT NULL,
      UNIQUE KEY activity_entries_key (owner, user_id, entry_key),
      KEY activity_entries_user (user_id, at, seq)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('activity_entries')
}
