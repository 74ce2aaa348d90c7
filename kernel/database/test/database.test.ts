import assert from 'node:assert/strict'
import type { Knex } from 'knex'
import { testServices, type TestServices } from '../../testing/services.ts'
import { createDatabase, transaction } from '../index.ts'

describe('database', () => {
  let services: TestServices
  let database: Knex

  before(async () => {
    services = await testServices()
    database = createDatabase(services.databaseUrl)
    await database.raw('CREATE TABLE numbers (id BIGINT PRIMARY KEY, amount DECIMAL(38,0), at DATETIME(3))')
    await database.raw('CREATE TABLE counters (id INT PRIMARY KEY, value INT)')
  })

  after(async () => {
    await database.destroy()
    services.release()
  })

  it('returns big integers and decimals as exact strings and times as the same instant', async () => {
    const at = new Date('2026-03-29T01:30:00.123Z')
    await database('numbers').insert({
      id: '9007199254740993',
      amount: '99999999999999999999999999999999999999',
      at,
    })
    const row = await database('numbers').first()
    assert.deepEqual(
      { ...row },
      {
        id: '9007199254740993',
        amount: '99999999999999999999999999999999999999',
        at,
      },
    )
  })

  it('refuses a value that does not fit instead of cutting it', async () => {
    await assert.rejects(database('counters').insert({ id: 1, value: 3_000_000_000 }), /Out of range/)
  })

  it('reads committed rows only and limits a statement', async () => {
    const [[row]] = await database.raw('SELECT @@tx_isolation AS isolation, @@max_statement_time AS seconds')
    assert.deepEqual({ ...row }, { isolation: 'READ-COMMITTED', seconds: 30 })
  })

  it('runs the whole transaction again when it was chosen as the victim of a deadlock', async () => {
    await database('counters').insert([
      { id: 10, value: 0 },
      { id: 11, value: 0 },
    ])
    const runs: string[] = []
    const increase = async (name: string, order: readonly number[]): Promise<void> =>
      transaction(database, async (trx) => {
        runs.push(name)
        for (const id of order) {
          await trx('counters').where({ id }).increment('value', 1)
          await trx.raw('SELECT SLEEP(0.05)')
        }
      })
    await Promise.all([increase('left', [10, 11]), increase('right', [11, 10])])
    assert.equal(runs.length, 3)
    const rows = await database('counters').whereIn('id', [10, 11]).orderBy('id')
    assert.deepEqual(
      rows.map(({ value }) => value as number),
      [2, 2],
    )
  })

  it('does not repeat a transaction that failed for a reason of its own', async () => {
    let runs = 0
    const work = transaction(database, async (trx) => {
      runs += 1
      await trx('counters').insert({ id: 20, value: 1 })
      throw new Error('no')
    })
    await assert.rejects(work, /^Error: no$/)
    assert.equal(runs, 1)
    assert.equal(await database('counters').where({ id: 20 }).first(), undefined)
  })
})
