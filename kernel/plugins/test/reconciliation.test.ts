import assert from 'node:assert/strict'
import * as routes from '../routes.ts'
import { manifestSource, migrationSource, serverSource } from './fixture.ts'
import { ping, sample, sampleSuite } from './sample-suite.ts'

describe('start of a kernel with plugins', () => {
  const suite = sampleSuite()
  const { enable, disable, version, has } = suite

  it('ends a restart where the operator wanted it', async () => {
    await enable()
    await suite.restart()
    assert.deepEqual(await suite.platform.http(ping, {}), { version: 1, generation: 2 })
    await disable()
    await suite.restart()
    await assert.rejects(suite.platform.http(ping, {}), { code: 'plugins.plugin_disabled' })
  })

  it('starts without a plugin that cannot start, and says why', async () => {
    await enable()
    await suite.plugins.write('sample', {
      'server/server.ts': serverSource(2, { started: `throw new Error('gone bad')` }),
    })
    await suite.restart()
    const shown = await suite.summary()
    assert.deepEqual([shown?.desired, shown?.state, shown?.reason], ['enabled', 'failed', 'gone bad'])
    await suite.plugins.write('sample')
    assert.equal((await enable()).state, 'done')
  })

  it('starts a plugin whose folder is gone from what was kept of it', async () => {
    await enable()
    await suite.plugins.remove('sample')
    await suite.restart()
    assert.equal(await version(), 1)
    const [page] = (await suite.platform.http(routes.showUi, { app: 'portal' })).plugins
    assert.equal(page?.id, 'sample')
  })

  it('starts the version that served before, though the folder holds another one now', async () => {
    await enable()
    await suite.plugins.write('sample', {
      'server/server.ts': serverSource(2),
      'plugin.ts': manifestSource('sample', { version: '1.1.0' }),
    })
    await suite.restart()
    assert.equal(await version(), 1)
    const shown = await suite.summary()
    assert.deepEqual([shown?.version, shown?.update], ['1.0.0', { version: '1.1.0' }])
  })

  it('starts without a plugin of which nothing is left', async () => {
    await enable()
    await suite.plugins.remove('sample')
    await suite.platform.database('plugins_releases').delete()
    await suite.restart()
    const state = await suite.platform.database('plugins_states').where({ id: 'sample' }).first()
    assert.deepEqual([state.desired, state.state, state.reason], ['enabled', 'failed', 'Its folder is gone.'])
    await suite.plugins.write('sample')
    await suite.restart()
    assert.equal(await version(), 1)
  })

  it('starts none in safe mode, and all again without it', async () => {
    await enable()
    await suite.restart({ isSafe: true })
    await assert.rejects(suite.platform.http(ping, {}), { code: 'plugins.plugin_disabled' })
    const { items, isSafeMode } = await suite.platform.call(routes.listPlugins, {})
    assert.deepEqual([isSafeMode, items[0]?.desired, items[0]?.state], [true, 'enabled', 'disabled'])
    assert.equal((await enable()).state, 'done')
    assert.equal(await version(), 1)
    await suite.restart()
    assert.equal(await version(), 1)
  })

  it('takes back what a crash left in the middle', async () => {
    await enable()
    await disable()
    // As a process leaves it that dies after its migrations and before its flip.
    await suite.plugins.write('sample', { 'migrations/0002-more.ts': migrationSource('sample_more') })
    await suite.platform.database.schema.createTable('sample_more', (table) => void table.increments())
    const now = new Date()
    await suite.platform
      .database('migrations')
      .insert({ owner: 'sample', name: '0002-more', started_at: now, finished_at: now })
    await suite.platform.database('plugins_operations').insert({
      id: '01ZZZZZZZZZZZZZZZZZZZZZZZZ',
      plugin_id: 'sample',
      action: 'enable',
      state: 'running',
      steps: '[]',
      attempted_migrations: '["0002-more"]',
      started_at: now,
    })
    await suite.restart()
    assert.deepEqual([await has('sample_notes'), await has('sample_more')], [true, false])
    const [last] = (await suite.platform.call(routes.listOperations, sample)).items
    assert.deepEqual(
      [last?.state, last?.reason],
      ['failed', 'The platform stopped in the middle of it. Taken back: 0002-more.'],
    )
  })

  it('shows nothing to the frontends before it has started what was enabled', async () => {
    await enable()
    await suite.restart({ isReconciled: false })
    await assert.rejects(suite.platform.http(routes.showUi, { app: 'portal' }), {
      code: 'plugins.still_starting',
    })
    await suite.platform.plugins.reconcile()
    assert.equal((await suite.platform.http(routes.showUi, { app: 'portal' })).plugins.length, 1)
  })
})
