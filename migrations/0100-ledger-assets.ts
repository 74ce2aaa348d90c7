import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE ledger_assets (
      id VARCHAR(20) NOT NULL PRIMARY KEY,
      name VARCHAR(80) NOT NULL,
      scale TINYINT UNSIGNED NOT NULL,
      trading_scale TINYINT UNSIGNED NOT NULL,
      created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
      CONSTRAINT ledger_assets_scale CHECK (scale <= 24 AND trading_scale <= scale)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('ledger_assets')
}
