import assert from 'node:assert/strict'
import { listNotices } from '../../notifications/routes.ts'
import { createTestKernel, type TestKernel } from '../../testing/index.ts'
import { readExport, uninstallPlugin } from '../routes.ts'
import { fixturePlugins, pingRoute, serverSource, type FixturePlugins } from './fixture.ts'
import { sample, until } from './sample-suite.ts'

const CALLS = 20

describe('operators', function () {
  this.timeout(60_000)
  let plugins: FixturePlugins
  let kernel: TestKernel

  before(async () => {
    plugins = await fixturePlugins()
    await plugins.write('sample', {
      'server/server.ts': serverSource(1).replace(
        'async () => ({ version: 1, generation })',
        `async () => { throw new Error('it broke') }`,
      ),
    })
    kernel = await createTestKernel({ pluginsDirectory: plugins.directory })
  })
  after(async () => {
    await kernel.stop()
    await plugins.dispose()
  })

  it('are told when a plugin was taken out of service, and customers are not', async () => {
    const admin = await kernel.createUser({ role: 'admin' })
    const customer = await kernel.createUser()
    await kernel.enable('sample')
    for (let call = 0; call < CALLS; call++) {
      await kernel.call(pingRoute('sample'), {}, { as: 'stranger' }).catch(() => undefined)
    }
    const notices = async () => (await kernel.call(listNotices, {}, { as: admin })).items
    await until('the operators are told', async () => (await notices()).length > 0)
    const [notice] = await notices()
    assert.deepEqual(
      [notice?.kind, notice?.link],
      ['platform.pluginQuarantined', '/admin/marketplace/sample'],
    )
    assert.equal(notice?.data.plugin, 'Fixture')
    assert.match(String(notice?.data.reason), /20 of 20 calls failed/)
    assert.deepEqual((await kernel.call(listNotices, {}, { as: customer })).items, [])
  })

  it('alone may take what a plugin wrote out of the platform', async () => {
    await plugins.write('sample')
    const customer = await kernel.createUser()
    const params = { ...sample, exportId: '01' }
    await assert.rejects(kernel.call(readExport, params, { as: customer }), {
      code: 'platform.permission_missing',
    })
    await assert.rejects(
      kernel.call(uninstallPlugin, { ...sample, data: 'purge', confirmation: 'sample' }, { as: customer }),
      { code: 'platform.permission_missing' },
    )
    await assert.rejects(kernel.call(readExport, params), { type: 'plugins.export_not_found' })
  })
})
