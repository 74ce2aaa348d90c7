import assert from 'node:assert/strict'
import type { Knex } from 'knex'
import { testServices, type TestServices } from '../../testing/services.ts'
import {
  createDatabase,
  migrateDown,
  MigrationError,
  migrateUp,
  unknownMigrations,
  type Migration,
} from '../index.ts'

function creates(name: string, table: string): Migration {
  return {
    name,
    up: async (knex) => knex.schema.createTable(table, (columns) => columns.integer('id')),
    down: async (knex) => knex.schema.dropTableIfExists(table),
  }
}

const oak = creates('0001-oak', 'oak')
const elm = creates('0002-elm', 'elm')

describe('migrations', () => {
  let services: TestServices
  let database: Knex

  beforeEach(async () => {
    services = await testServices()
    database = createDatabase(services.databaseUrl)
  })

  afterEach(async () => {
    await database.destroy()
    services.release()
  })

  const names = (applied: readonly { name: string }[]): string[] => applied.map(({ name }) => name)

  it('are applied once, in the order of their names, for each owner apart', async () => {
    assert.deepEqual(names(await migrateUp(database, 'trees', [elm, oak])), ['0001-oak', '0002-elm'])
    assert.deepEqual(await migrateUp(database, 'trees', [elm, oak]), [])
    assert.deepEqual(names(await migrateUp(database, 'ferns', [creates('0001-oak', 'fern')])), ['0001-oak'])
  })

  it('are only named by a dry run', async () => {
    assert.deepEqual(names(await migrateUp(database, 'trees', [oak, elm], { dryRun: true })), [
      '0001-oak',
      '0002-elm',
    ])
    assert.equal(await database.schema.hasTable('oak'), false)
  })

  it('go down last first', async () => {
    await migrateUp(database, 'trees', [oak, elm])
    assert.deepEqual(names(await migrateDown(database, 'trees', [oak, elm])), ['0002-elm', '0001-oak'])
    assert.equal(await database.schema.hasTable('oak'), false)
    assert.deepEqual(names(await migrateUp(database, 'trees', [oak])), ['0001-oak'])
  })

  it('name the one that failed, and take it back before it is tried again', async () => {
    let isBroken = true
    const ash: Migration = {
      name: '0003-ash',
      up: async (knex) => {
        await knex.schema.createTable('ash', (columns) => columns.integer('id'))
        if (isBroken) throw new Error('half way')
      },
      down: async (knex) => knex.schema.dropTableIfExists('ash'),
    }
    await assert.rejects(migrateUp(database, 'trees', [oak, ash]), (error: unknown) => {
      assert.ok(error instanceof MigrationError)
      assert.equal(error.migration, '0003-ash')
      assert.deepEqual(names(error.applied), ['0001-oak'])
      return true
    })
    assert.equal(await database.schema.hasTable('ash'), true)
    isBroken = false
    assert.deepEqual(names(await migrateUp(database, 'trees', [oak, ash])), ['0003-ash'])
  })

  it('are undone for a failed attempt alone when only its own are given', async () => {
    await migrateUp(database, 'trees', [oak])
    const ash: Migration = { ...creates('0003-ash', 'ash'), up: () => Promise.reject(new Error('no')) }
    await assert.rejects(migrateUp(database, 'trees', [oak, elm, ash]), MigrationError)
    assert.deepEqual(names(await migrateDown(database, 'trees', [elm, ash])), ['0003-ash', '0002-elm'])
    assert.deepEqual(
      [await database.schema.hasTable('oak'), await database.schema.hasTable('elm')],
      [true, false],
    )
  })

  it('run in one process at a time', async () => {
    const other = createDatabase(services.databaseUrl)
    try {
      const both = await Promise.all([
        migrateUp(database, 'trees', [oak, elm]),
        migrateUp(other, 'trees', [oak, elm]),
      ])
      assert.deepEqual(both.map((applied) => applied.length).sort(), [0, 2])
    } finally {
      await other.destroy()
    }
  })

  it('of a newer version are noticed', async () => {
    await migrateUp(database, 'trees', [oak, elm])
    assert.deepEqual(await unknownMigrations(database, 'trees', [oak]), ['0002-elm'])
  })
})
