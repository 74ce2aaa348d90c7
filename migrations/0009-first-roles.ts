import type { Knex } from 'knex'

const roles = [
  { id: 'admin', title: 'Administrator' },
  { id: 'user', title: 'User' },
]

export async function up(knex: Knex): Promise<void> {
  await knex('roles').insert(roles).onConflict('id').ignore()
}

export async function down(knex: Knex): Promise<void> {
  await knex('roles')
    .whereIn(
      'id',
      roles.map(({ id }) => id),
    )
    .delete()
}
