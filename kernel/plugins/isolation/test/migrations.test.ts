import assert from 'node:assert/strict'
import { migrateDown, migrateUp } from '../../../database/index.ts'
import { dryRun } from '../../dry-run.ts'
import { migrationsIn, readManifest } from '../index.ts'
import { openIsolationPlace, type IsolationPlace } from './isolation-place.ts'

const migration = (up: string, down = '', phase = '') => `
  import type { Knex } from 'knex'
  ${phase}
  export async function up(knex: Knex): Promise<void> { ${up} }
  export async function down(knex: Knex): Promise<void> { ${down} }`

describe('migrations of an isolated plugin', function () {
  this.timeout(60_000)
  let place: IsolationPlace

  before(async () => {
    place = await openIsolationPlace()
  })
  after(() => place.stop())

  const tables = async (): Promise<readonly string[]> => {
    const [rows] = (await place.database.raw("SHOW TABLES LIKE 'sample%'")) as [object[]]
    return rows.map((row) => String(Object.values(row)[0]))
  }

  for (const tier of ['worker', 'process'] as const) {
    it(`run up and down in a ${tier}, as the plugin's own database user`, async () => {
      await place.plugins.write('sample', {
        'migrations/0002-title.ts': migration(
          "await knex.schema.alterTable('sample_notes', (table) => { table.string('title') })",
          "await knex.schema.alterTable('sample_notes', (table) => { table.dropColumn('title') })",
          "export const phase = 'contract'",
        ),
      })
      const plugin = await place.read('sample')
      const { migrations, end } = await migrationsIn(tier, place.host, plugin)
      try {
        assert.deepEqual(
          migrations.map(({ name, phase }) => [name, phase ?? 'expand']),
          [
            ['0001-notes', 'expand'],
            ['0002-title', 'contract'],
          ],
        )
        assert.match((await dryRun(migrations[0] as never)).join(), /create table `sample_notes`/)
        assert.deepEqual(await tables(), [])
        await migrateUp(place.database, 'sample', migrations)
        assert.deepEqual(await tables(), ['sample_notes'])
        await place.database('sample_notes').insert({ text: 'a', title: 'b' })
        await migrateDown(place.database, 'sample', migrations)
        assert.deepEqual(await tables(), [])
      } finally {
        await end()
      }
    })

    it(`are refused another's table in a ${tier}`, async () => {
      const attempts = {
        'drop-ledger': "await knex.schema.dropTable('ledger_holds')",
        'make-other': "await knex.schema.createTable('other_notes', (table) => { table.increments('id') })",
        'read-users': "await knex('identity_users').select()",
        'become-admin': "await knex.raw('GRANT ALL ON *.* TO CURRENT_USER()')",
      }
      await place.plugins.write(
        'sample',
        Object.fromEntries(
          Object.entries(attempts).map(([name, up], index) => [
            `migrations/000${index + 2}-${name}.ts`,
            migration(up),
          ]),
        ),
      )
      const { migrations, end } = await migrationsIn(tier, place.host, await place.read('sample'))
      try {
        for (const { name, up } of migrations.slice(1)) {
          await assert.rejects(up(place.database), /denied|only read and write/, name)
        }
      } finally {
        await end()
      }
    })
  }

  it('come with a manifest that is read apart', async () => {
    await place.plugins.write('sample')
    const { bundle, manifest } = await place.read('sample')
    const apart = await readManifest(bundle, 'sample')
    assert.deepEqual(apart, JSON.parse(JSON.stringify(manifest)))
  })
})
