import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE exchange_house_fundings (
      name VARCHAR(60) NOT NULL,
      asset_id VARCHAR(20) NOT NULL,
      amount DECIMAL(38,0) NOT NULL,
      PRIMARY KEY (name, asset_id),
      CONSTRAINT exchange_house_fundings_name FOREIGN KEY (name) REFERENCES exchange_house_accounts (name)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('exchange_house_fundings')
}
