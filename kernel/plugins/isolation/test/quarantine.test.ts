import assert from 'node:assert/strict'
import { listNotices } from '../../../notifications/routes.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../../testing/index.ts'
import { isolatePlugin, listPlugins, releaseQuarantine, showHealth } from '../../routes.ts'
import { fixturePlugins, pingRoute, serverSource, type FixturePlugins } from '../../test/fixture.ts'
import { eventually } from './isolation-place.ts'

describe('a plugin whose runner keeps failing', function () {
  this.timeout(120_000)
  let plugins: FixturePlugins
  let kernel: TestKernel
  let admin: TestUser
  const sample = { pluginId: 'sample' }
  const ping = pingRoute('sample')
  const state = async (): Promise<string | undefined> =>
    (await kernel.call(listPlugins, {})).items.find(({ id }) => id === 'sample')?.state

  before(async () => {
    plugins = await fixturePlugins()
    const handler = `implement(ping, async ({ params }) => {
      if (params.note === 'exit') process.exit(1)
      return { version: 1, generation }
    })`
    await plugins.write('sample', {
      'server/server.ts': serverSource(1).replace(/implement\(ping, .*?\)\),/, `${handler},`),
      'portal/SampleHomePage.vue': '<template><p>x</p></template>',
    })
    kernel = await createTestKernel({
      pluginsDirectory: plugins.directory,
      plugins: ['sample'],
      isolation: { restartMinMs: 20, restartMaxMs: 100 },
    })
    admin = await kernel.createUser({ role: 'admin' })
    const operation = await kernel.call(isolatePlugin, { ...sample, tier: 'process' })
    assert.equal(operation.state, 'done', operation.reason ?? undefined)
  })
  after(async () => {
    await kernel.stop()
    await plugins.dispose()
  })

  it('is taken out of service, operators are told, and it comes back when they say so', async () => {
    await eventually(
      async () => {
        await kernel.call(ping, { note: 'exit' }).catch(() => undefined)
        return state()
      },
      (now) => now === 'quarantined',
      60_000,
    )
    await assert.rejects(kernel.call(ping, {}), { type: 'plugins.plugin_disabled' })
    assert.equal((await kernel.call(showHealth, sample)).state, 'stopped')
    const notices = await eventually(
      async () => (await kernel.call(listNotices, {}, { as: admin })).items,
      (items) => items.length > 0,
    )
    assert.match(JSON.stringify(notices), /pluginQuarantined/)
    assert.equal((await kernel.call(releaseQuarantine, sample)).state, 'done')
    assert.equal((await kernel.call(ping, {})).version, 1)
    assert.equal((await kernel.call(showHealth, sample)).tier, 'process')
  })
})
