import assert from 'node:assert/strict'
import type { Knex } from 'knex'
import { createDatabaseAs } from '../../../database/index.ts'
import { runners, dropDatabaseUser } from '../index.ts'
import { openIsolationPlace, type IsolationPlace } from './isolation-place.ts'

describe('database users of plugins', function () {
  this.timeout(60_000)
  let place: IsolationPlace
  let name: string
  const users = async (like: string): Promise<number> => {
    const [rows] = (await place.database.raw('SELECT user FROM mysql.user WHERE user LIKE ?', [like])) as [
      unknown[],
    ]
    return rows.length
  }

  before(async () => {
    place = await openIsolationPlace()
    const [[row]] = (await place.database.raw('SELECT DATABASE() name')) as [[{ name: string }]]
    name = row.name
    await place.plugins.write('sample')
  })
  after(() => place.stop())

  it('are made when a plugin first runs apart, and go when it is uninstalled', async () => {
    const { generation } = await place.serve('sample', 'worker')
    assert.equal(await users(`${name}.sample`), 1)
    await generation.scope.dispose(1_000)
    assert.equal(await users(`${name}.sample`), 1)
    await dropDatabaseUser(place.database, 'sample')
    assert.equal(await users(`${name}.sample`), 0)
  })

  it('may read the tables they were granted, and not write them', async () => {
    await place.plugins.write('sample', {
      'server/server.ts': `
        import { implement, type StartPlugin } from '@cambium/kernel'
        import { ping, write } from '../routes/pings.ts'
        export const start: StartPlugin = async (kernel) => {
          await kernel.database('ledger_assets').select()
          const denied = await kernel.database('ledger_assets').insert({ id: 'X' }).catch((error) => error.errno)
          if (denied !== 1142) throw new Error('It could write: ' + denied)
          return { implementations: [implement(ping, async () => ({ version: 1, generation: 1 })), implement(write, async () => ({ id: 1 }))] }
        }`,
    })
    const plugin = await place.read('sample')
    const granted = { ...plugin, manifest: { ...plugin.manifest, grants: { tables: ['ledger_assets'] } } }
    const request = { number: 7, timeoutMs: 20_000 }
    const generation = await runners.worker(place.host, { ...request, plugin: granted })
    await generation.scope.dispose(1_000)
    // The grant was taken back by the next release, which does not ask for it.
    await assert.rejects(runners.worker(place.host, { ...request, plugin }), { errno: 1142 })
    await place.plugins.write('sample')
  })

  describe('on a server where the platform may not make them', () => {
    let limited: Knex

    before(async () => {
      const account = `'${name}.limited'@'localhost'`
      await place.database.raw(`CREATE USER ${account} IDENTIFIED BY 'x'`)
      await place.database.raw(`GRANT ALL ON \`${name.replaceAll('_', '\\_')}\`.* TO ${account}`)
      limited = createDatabaseAs(place.database, {
        user: `${name}.limited`,
        password: 'x',
        connectionsMax: 4,
      })
    })
    after(async () => {
      await limited.destroy()
      await place.database.raw(`DROP USER '${name}.limited'@'localhost'`)
    })

    it('are missing: the process tier is refused with the reason', async () => {
      const plugin = await place.read('sample')
      const started = runners.process(
        { ...place.host, database: limited },
        { plugin, number: 1, timeoutMs: 20_000 },
      )
      await assert.rejects(started, {
        type: 'plugins.tier_unavailable',
        data: {
          pluginId: 'sample',
          tier: 'process',
          reason: 'The account of the platform may not make users in the database.',
        },
      })
    })

    it('are missing: the worker tier runs, says so, and is held by the words of its statements', async () => {
      const plugin = await place.read('sample')
      const host = { ...place.host, database: limited }
      const generation = await runners.worker(host, { plugin, number: 1, timeoutMs: 20_000 })
      await generation.scope.dispose(1_000)
      assert.ok(place.lines.some((line) => line.includes('sample has no account of its own in the database')))
      await place.plugins.write('sample', {
        'server/server.ts': `export const start = async (kernel) => { await kernel.database('ledger_assets').select() }`,
      })
      const nosy = runners.worker(host, { plugin: await place.read('sample'), number: 2, timeoutMs: 20_000 })
      await assert.rejects(nosy, { type: 'plugins.grant_missing' })
    })
  })
})
