import assert from 'node:assert/strict'
import * as schema from 'typebox'
import { route } from '../../../contract/index.ts'
import type { Tier } from '../../plugin-tier.ts'
import { openIsolationPlace, type IsolationPlace } from './isolation-place.ts'

const tiers: readonly Tier[] = ['inline', 'worker', 'process']

/** The one route of the plugin under test: `what` says what its handler does. */
function actRoute(id: string) {
  return route({
    action: `${id}.acts.run`,
    rest: `POST /${id}/acts`,
    summary: 'Does what it is told',
    permission: 'public',
    params: schema.Object({ what: schema.String(), argument: schema.Optional(schema.String()) }),
    result: schema.Any(),
    errors: [],
  })
}

const actFiles = (id: string) => ({
  'routes/pings.ts': `
    import { refusals, route } from '@cambium/kernel/contract'
    import { Any, Object, Optional, String } from 'typebox'
    export const actRefusals = refusals('${id}', { never: { status: 422, message: 'Not like this.', retryable: true } })
    export const act = route({ action: '${id}.acts.run', rest: 'POST /${id}/acts', summary: 'Acts', permission: 'public',
      params: Object({ what: String(), argument: Optional(String()) }), result: Any(), errors: [] })`,
  'plugin.ts': `
    import { definePlugin } from '@cambium/kernel'
    import { act } from './routes/pings.ts'
    export const plugin = definePlugin({
      id: '${id}', version: '1.0.0', kernel: '^0.1.0', name: 'Fixture', summary: 'x', description: 'x', publisher: 'Tests',
      category: 'tests', icon: 'i-lucide-flask-conical', permissions: [], routes: [act],
      accounts: [{ id: 'fees:${id}', title: 'Fees' }, { id: 'fees:${id}2', title: 'Fees' }],
      channels: [{ name: '${id}.pings', title: 'Pings', access: 'public' }],
    })`,
  'server/server.ts': `
    import { implement, type StartPlugin } from '@cambium/kernel'
    import { act, actRefusals } from '../routes/pings.ts'
    const notes = '${id}_notes'
    export const start: StartPlugin = async (kernel) => {
      const { database, ledger, channels } = kernel
      let ticks = 0
      channels.provide('${id}.pings', async ({ key }) => ({ key, ticks }))
      kernel.every(20, async () => { ticks += 1; channels.publish('${id}.pings', 'all', { ticks }) })
      const acts = {
        echo: async (call) => call.params.argument,
        refuse: async () => { throw actRefusals.never({ reason: 'because' }) },
        bug: async () => { throw new TypeError('a bug of mine') },
        write: async ({ params }) => (await database(notes).insert({ text: params.argument }))[0],
        rows: async () => database(notes).select('text').orderBy('id'),
        rollback: async () => {
          await database.transaction(async (trx) => {
            await trx(notes).insert({ text: 'never' })
            throw actRefusals.never({ reason: 'rolled back' })
          })
        },
        nested: async () => database.transaction(async (trx) => {
          await trx(notes).insert({ text: 'outer' })
          await trx.transaction(async (inner) => {
            await inner(notes).insert({ text: 'inner' })
            throw new Error('only the inner')
          }).catch(() => null)
        }),
        post: async ({ params }) => database.transaction(async (trx) => {
          await trx(notes).insert({ text: 'posted' })
          await ledger.post(trx, [{ key: params.argument, kind: '${id}.test',
            postings: [{ source: 'fees:${id}', target: 'fees:${id}2', assetId: 'USDT', amount: 5n }] }])
        }),
        steal: async () => database.transaction(async (trx) => {
          await trx(notes).insert({ text: 'stolen' })
          await ledger.post(trx, [{ key: 'steal', kind: '${id}.test',
            postings: [{ source: 'fees:other', target: 'fees:${id}', assetId: 'USDT', amount: 5n }] }])
        }),
        dawdle: async () => database.transaction(async (trx) => {
          await ledger.post(trx, [{ key: 'dawdle', kind: '${id}.test',
            postings: [{ source: 'fees:${id}', target: 'fees:${id}2', assetId: 'USDT', amount: 5n }] }])
          for (;;) { await trx(notes).select(); await new Promise((resolve) => setImmediate(resolve)) }
        }),
        foreign: async ({ params }) => database.raw(params.argument),
        settings: async () => kernel.settings.greeting,
        user: async ({ params }) => kernel.users.find(params.argument),
        ticks: async () => ticks,
        lookup: async () => (await ledger.assets()).get('USDT').scale,
      }
      return { implementations: [implement(act, async (call) => (await acts[call.params.what](call)) ?? null)] }
    }`,
})

async function openActPlace(tier: Tier): Promise<IsolationPlace> {
  const place = await openIsolationPlace()
  await place.database.transaction(async (trx) => {
    await place.ledger.defineAsset(trx, { id: 'USDT', name: 'Tether', scale: 8, tradingScale: 7 })
    for (const account of ['fees:sample', 'fees:sample2', 'fees:other']) {
      await place.ledger.openAccount(trx, account, 'house')
    }
  })
  await place.plugins.write('sample', { ...actFiles('sample'), 'portal/SampleHomePage.vue': null })
  await place.serve('sample', tier)
  return place
}

for (const tier of tiers) {
  describe(`a plugin in the ${tier} tier`, function () {
    this.timeout(60_000)
    let place: IsolationPlace
    const act = actRoute('sample')
    const run = (what: string, argument?: string) =>
      place.call(act, { what, ...(argument === undefined ? {} : { argument }) })

    before(async () => {
      place = await openActPlace(tier)
    })
    after(() => place.stop())

    it('answers its routes', async () => {
      assert.equal(await run('echo', 'grüß dich'), 'grüß dich')
      assert.equal(await run('settings'), 'hello')
      assert.equal(await run('lookup'), 8)
    })

    it('refuses with type, status, data and retry as it said', async () => {
      await assert.rejects(run('refuse'), {
        name: 'Refusal',
        type: 'sample.never',
        code: 422,
        data: { reason: 'because' },
        retryable: true,
      })
    })

    it('has a bug with its own file and line in the stack', async () => {
      await assert.rejects(run('bug'), (error: Error) => {
        assert.equal(error.name, 'TypeError')
        assert.match(error.stack ?? '', /server\/server\.ts:\d+:\d+/)
        return true
      })
    })

    it('writes and reads its tables, in transactions and in transactions within them', async () => {
      await run('write', 'one')
      await assert.rejects(run('rollback'), { type: 'sample.never' })
      await run('nested')
      const rows = (await run('rows')) as { text: string }[]
      assert.deepEqual(
        rows.map(({ text }) => text),
        ['one', 'outer'],
      )
    })

    it('posts in the transaction of its own rows, between its own accounts only', async () => {
      await run('post', 'first')
      const [balance] = await place.ledger.balances(['fees:sample2'])
      assert.equal(balance?.available, 5n)
      // The same key again is another transaction with the same answer; its row is written all the same.
      await run('post', 'first')
      assert.equal((await place.ledger.balances(['fees:sample2']))[0]?.available, 5n)
      await assert.rejects(run('steal'), { type: 'plugins.grant_missing' })
      const rows = (await run('rows')) as { text: string }[]
      assert.equal(rows.filter(({ text }) => text === 'stolen').length, 0)
      assert.equal(rows.filter(({ text }) => text === 'posted').length, 2)
    })

    it('is refused the tables of others', async () => {
      for (const table of ['ledger_balances', 'users', 'migrations', 'mysql.user']) {
        const read = run('foreign', `SELECT * FROM ${table}`)
        await assert.rejects(
          read,
          tier === 'inline' ? { type: 'plugins.grant_missing' } : { errno: 1142 },
          table,
        )
      }
    })

    it('runs its loops, and publishes to its channels', async () => {
      const before = Number(await run('ticks'))
      while (Number(await run('ticks')) <= before) await new Promise((resolve) => setImmediate(resolve))
      assert.ok(place.published.some(([name, key]) => name === 'sample.pings' && key === 'all'))
    })
  })
}

for (const tier of ['worker', 'process'] as const) {
  describe(`the database as the ${tier} tier has it`, function () {
    this.timeout(60_000)
    let place: IsolationPlace
    const act = actRoute('sample')
    const send = (sql: string) => place.call(act, { what: 'foreign', argument: sql })

    before(async () => {
      place = await openActPlace(tier)
    })
    after(() => place.stop())

    it('has no tables but its own', async () => {
      for (const table of ['ledger_balances', 'identity_users', 'migrations', 'mysql.user']) {
        await assert.rejects(send(`SELECT * FROM ${table}`), { errno: 1142 }, table)
      }
      await assert.rejects(send('INSERT INTO sample_notes SELECT 1, hash FROM ledger_chain'), { errno: 1142 })
    })

    it('takes statements about rows and no others', async () => {
      for (const sql of [
        "SET ROLE 'x'",
        "/*!50000 SET ROLE 'x' */",
        'COMMIT',
        'DROP TABLE sample_notes',
        'CALL anything()',
        'BEGIN NOT ATOMIC SELECT 1; END',
        "SELECT GET_LOCK('a', 1)",
        "SELECT 1 INTO OUTFILE '/tmp/x'",
        'PREPARE s FROM "SELECT 1"',
      ]) {
        await assert.rejects(send(sql), { type: 'plugins.statement_refused' }, sql)
      }
      await assert.rejects(send('SELECT 1; SELECT 2'), { errno: 1064 })
    })

    it('ends a transaction that has posted and is not ended itself', async () => {
      const startedAt = performance.now()
      await assert.rejects(place.call(act, { what: 'dawdle' }), { type: 'plugins.transaction_over' })
      assert.ok(performance.now() - startedAt < 20_000)
      const [balance] = await place.ledger.balances(['fees:sample2'])
      assert.equal(balance, undefined)
    })

    it('tells it no tables of others', async () => {
      const [rows] = (await send('SELECT DISTINCT table_name name FROM information_schema.tables')) as [
        { name: string }[],
      ]
      const names = rows
        .map(({ name }) => name)
        .filter((name) => /^(ledger|identity|migrations|plugins)/.test(name))
      assert.deepEqual(names, [])
    })
  })
}
