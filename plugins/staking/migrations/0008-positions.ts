import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('staking_positions', (table) => {
    table.bigIncrements('id')
    table.string('user_id', 64).notNullable().collate('utf8mb4_bin')
    table.string('pool_id', 40).notNullable().collate('utf8mb4_bin')
    table.string('asset_id', 16).notNullable().collate('utf8mb4_bin')
    table.enum('kind', ['flexible', 'locked']).notNullable()
    table.enum('state', ['active', 'unbonding', 'closed']).notNullable()
    table.decimal('stake', 38, 0).notNullable()
    // What was added to a running position: it begins to earn at its own midnight.
    table.decimal('pending', 38, 0).notNullable()
    table.bigInteger('pending_from_ms')
    table.decimal('tier_offset', 38, 0).notNullable()
    // The terms of a locked position, fixed when its term began; null follows the pool's rates.
    table.text('tiers')
    table.decimal('weight', 48, 0).notNullable()
    table.decimal('carry', 20, 0).notNullable()
    table.bigInteger('started_at_ms').notNullable()
    table.bigInteger('earns_from_ms').notNullable()
    table.bigInteger('accrued_through_ms').notNullable()
    table.bigInteger('matures_at_ms')
    table.integer('term_number').unsigned().notNullable()
    table.decimal('term_rewards', 38, 0).notNullable()
    table.decimal('term_reserve', 38, 0).notNullable()
    table.decimal('rewards', 38, 0).notNullable()
    table.boolean('is_auto_compound').notNullable()
    table.boolean('is_auto_renew').notNullable()
    table.bigInteger('closed_at_ms')
    table.index(['user_id', 'id'], 'staking_positions_user')
    table.index(['pool_id', 'state', 'accrued_through_ms', 'id'], 'staking_positions_due')
    table.index(['state', 'matures_at_ms'], 'staking_positions_maturing')
  })
}

/** The first of this plugin's downs to run, and the one that refuses: tables with stakes in them are not dropped. */
export async function down(knex: Knex): Promise<void> {
  if (await knex.schema.hasTable('staking_positions')) {
    const held = (await knex('staking_positions').whereNot('state', 'closed').first('id')) as unknown
    if (held !== undefined) {
      throw new Error('Stakes are still in staking pools: end the pools and let them pay out first.')
    }
  }
  await knex.schema.dropTableIfExists('staking_positions')
}
