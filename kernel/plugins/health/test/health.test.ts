import assert from 'node:assert/strict'
import { disablePlugin, enablePlugin, listHealth, readLog, showHealth } from '../../routes.ts'
import { serverSource } from '../../test/fixture.ts'
import { sample, sampleSuite } from '../../test/sample-suite.ts'

describe('health of plugins', function () {
  this.timeout(60_000)
  const suite = sampleSuite()
  const show = () => suite.platform.call(showHealth, sample)

  it('counts the calls of the generation that serves, and how long they took', async () => {
    await suite.platform.call(enablePlugin, sample)
    for (let count = 0; count < 20; count++) await suite.version()
    const health = await show()
    assert.deepEqual(
      [health.tier, health.state, health.requests, health.errors, health.heapBytes],
      ['inline', 'serving', 20, 0, null],
    )
    assert.ok(health.p50Ms !== null && health.p95Ms !== null && health.p50Ms <= health.p95Ms)
    assert.deepEqual((await suite.platform.call(listHealth, {})).items, [health])
  })

  it('tells of a plugin that does not serve that it is stopped', async () => {
    await suite.platform.call(enablePlugin, sample)
    await suite.platform.call(disablePlugin, sample)
    const { state, since, requests } = await show()
    assert.deepEqual([state, since, requests], ['stopped', null, 0])
  })

  it('keeps the last lines of the log, with errors at their place', async () => {
    await suite.plugins.write('sample', {
      'server/server.ts': serverSource(1, {
        started: `kernel.log.info('hello', { count: 3 }); kernel.log.error('broken', { error: new Error('why') })`,
      }),
    })
    await suite.platform.call(enablePlugin, sample)
    const { items } = await suite.platform.call(readLog, { ...sample, limit: 2 })
    assert.deepEqual(
      items.map(({ level }) => level),
      ['info', 'error'],
    )
    assert.equal(items[0]?.message, 'hello\ncount: 3')
    assert.match(items[1]?.message ?? '', /^broken\nerror: Error: why\n.*server\/server\.ts:\d+/s)
    assert.ok((items[0]?.seq ?? 0) < (items[1]?.seq ?? 0))
  })
})
