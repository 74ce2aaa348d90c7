import assert from 'node:assert/strict'
import { listBalances } from '../../exchange/routes.ts'
import { showSession } from '../../identity/routes.ts'
import { listPlugins } from '../../plugins/routes.ts'
import { fixturePlugins, pingRoute, type FixturePlugins } from '../../plugins/test/fixture.ts'
import { createTestKernel, type TestKernel } from '../index.ts'

describe('test kernel', function () {
  this.timeout(60_000)
  let plugins: FixturePlugins
  let kernel: TestKernel

  before(async () => {
    plugins = await fixturePlugins()
    await plugins.write('sample')
    kernel = await createTestKernel({ pluginsDirectory: plugins.directory, plugins: ['sample'] })
  })
  after(async () => {
    await kernel.stop()
    await plugins.dispose()
  })

  it('calls as the operator, as a user and as a stranger', async () => {
    const user = await kernel.createUser()
    const { items } = await kernel.call(listPlugins, {})
    assert.deepEqual(
      items.map(({ id, state }) => [id, state]),
      [['sample', 'enabled']],
    )
    assert.equal((await kernel.call(showSession, {}, { as: user })).user?.email, user.email)
    assert.equal((await kernel.call(showSession, {}, { as: 'stranger' })).user, null)
    await assert.rejects(kernel.call(listPlugins, {}, { as: user }), { code: 'platform.permission_missing' })
    const admin = await kernel.createUser({ role: 'admin' })
    assert.equal((await kernel.call(listPlugins, {}, { as: admin })).items.length, 1)
  })

  it('funds the wallets of a user', async () => {
    const user = await kernel.createUser({ funding: { USDT: '12.5' }, spot: { BTC: '0.5' } })
    const { items } = await kernel.call(listBalances, {}, { as: user })
    const available = items.map(({ assetId, funding, spot }) => [assetId, funding.available, spot.available])
    assert.deepEqual(
      available.filter(([, funding, spot]) => funding !== '0' || spot !== '0'),
      [
        ['BTC', '0', '0.5'],
        ['USDT', '12.5', '0'],
      ],
    )
  })

  it('leaves nothing running when it cannot start', async () => {
    const running = (): string[] =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap' || kind === 'TCPServerWrap')
    const before = running()
    const attempt = createTestKernel({ pluginsDirectory: plugins.directory, plugins: ['nobody'] })
    await assert.rejects(attempt, { type: 'plugins.plugin_not_found' })
    assert.deepEqual(running(), before)
  })

  it('starts again on the same data', async () => {
    await kernel.restart()
    const answer = await kernel.call(pingRoute('sample'), {}, { as: 'stranger' })
    assert.deepEqual(answer, { version: 1, generation: 2 })
  })
})
