import assert from 'node:assert/strict'
import * as routes from '../routes.ts'
import { manifestSource, migrationSource, serverSource } from './fixture.ts'
import { sample, sampleSuite } from './sample-suite.ts'

const TIMEOUT_MS = 120_000

describe('tier of a plugin', function () {
  this.timeout(TIMEOUT_MS)
  const suite = sampleSuite({ deadlines: { startMs: 30_000, probeMs: 10_000 } })
  const isolate = (tier: 'inline' | 'worker' | 'process') =>
    suite.platform.call(routes.isolatePlugin, { ...sample, tier })

  for (const tier of ['worker', 'process'] as const) {
    it(`is changed to ${tier} while it serves, and kept over upgrade, rollback and restart`, async () => {
      await suite.enable()
      const operation = await isolate(tier)
      assert.equal(operation.state, 'done', operation.reason ?? '')
      assert.deepEqual([operation.action, await suite.version()], ['isolate', 1])
      await suite.plugins.write('sample', {
        'plugin.ts': manifestSource('sample', { version: '1.1.0' }),
        'server/server.ts': serverSource(2),
        'migrations/0002-more.ts': migrationSource('sample_more'),
      })
      const upgrade = await suite.platform.call(routes.upgradePlugin, { ...sample, version: '1.1.0' })
      assert.equal(upgrade.state, 'done', upgrade.reason ?? '')
      assert.deepEqual([await suite.version(), await suite.has('sample_more')], [2, true])
      const plan = await suite.platform.call(routes.planPlugin, { ...sample, action: 'rollback' })
      assert.match(plan.migrations[0]?.statements.join() ?? '', /drop table/)
      const rollback = await suite.platform.call(routes.rollbackPlugin, sample)
      assert.equal(rollback.state, 'done', rollback.reason ?? '')
      assert.deepEqual([await suite.version(), await suite.has('sample_more')], [1, false])
      await suite.restart()
      assert.deepEqual([await suite.version(), (await suite.summary())?.tier], [1, tier])
      assert.equal((await isolate('inline')).state, 'done')
      assert.equal((await suite.summary())?.tier, 'inline')
    })
  }

  it('is only written down while the plugin is disabled', async () => {
    assert.equal((await isolate('worker')).state, 'done')
    assert.deepEqual([(await suite.summary())?.state, (await suite.summary())?.tier], ['disabled', 'worker'])
  })
})
