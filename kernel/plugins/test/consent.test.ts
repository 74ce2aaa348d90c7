import assert from 'node:assert/strict'
import { grantItems, grantsDifference } from '../approvals.ts'
import * as routes from '../routes.ts'
import { manifestSource, serverSource } from './fixture.ts'
import { refused, sample, sampleSuite } from './sample-suite.ts'

const asking = (version: string, grants: string): { 'plugin.ts': string; 'server/server.ts': string } => ({
  'plugin.ts': manifestSource('sample', { version, extra: `grants: ${grants},` }),
  'server/server.ts': serverSource(1),
})

describe('grants of a plugin', () => {
  const suite = sampleSuite()
  const { enable } = suite
  const shown = () => suite.platform.call(routes.showGrants, sample)
  const funding = { grant: 'ledgerAccounts', value: 'user:*/funding' }
  const markets = { grant: 'engineMarkets', value: null }

  beforeEach(async () => {
    await suite.plugins.write('sample', asking('1.0.0', `{ ledgerAccounts: ['user:*/funding'] }`))
  })

  it('are approved by the operator before it is enabled the first time', async () => {
    assert.deepEqual((await shown()).difference, { added: [funding], removed: [] })
    await assert.rejects(enable(), refused('plugins.grants_not_approved'))
    const operation = await suite.platform.call(routes.enablePlugin, { ...sample, approveGrants: true })
    assert.equal(operation.state, 'done')
    const { isApproved, approvedBy, approved } = await shown()
    assert.deepEqual([isApproved, approvedBy, approved], [true, 'system', [funding]])
  })

  it('can be approved ahead', async () => {
    await suite.platform.call(routes.approveGrants, { ...sample, version: '1.0.0' })
    assert.equal((await enable()).state, 'done')
  })

  it('stop an upgrade that widens them, and the difference says by what', async () => {
    await suite.platform.call(routes.enablePlugin, { ...sample, approveGrants: true })
    await suite.plugins.write(
      'sample',
      asking('1.1.0', `{ ledgerAccounts: ['user:*/funding'], engineMarkets: true }`),
    )
    const plan = await suite.platform.call(routes.planPlugin, { ...sample, action: 'upgrade' })
    assert.deepEqual(plan.grantsDifference, { added: [markets], removed: [] })
    const upgrade = { ...sample, version: '1.1.0' }
    await assert.rejects(suite.platform.call(routes.upgradePlugin, upgrade), (error: Error) => {
      assert.deepEqual((error as { data?: { added?: unknown } }).data?.added, [markets])
      return true
    })
    assert.equal((await suite.summary())?.version, '1.0.0')
    const operation = await suite.platform.call(routes.upgradePlugin, { ...upgrade, approveGrants: true })
    assert.equal(operation.state, 'done')
  })

  it('that were given up are asked for again', async () => {
    await suite.platform.call(routes.enablePlugin, { ...sample, approveGrants: true })
    await suite.plugins.write('sample', asking('1.1.0', '{}'))
    assert.equal(
      (await suite.platform.call(routes.upgradePlugin, { ...sample, version: '1.1.0' })).state,
      'done',
    )
    await suite.plugins.write('sample', asking('1.2.0', `{ ledgerAccounts: ['user:*/funding'] }`))
    await assert.rejects(
      suite.platform.call(routes.upgradePlugin, { ...sample, version: '1.2.0' }),
      refused('plugins.grants_not_approved'),
    )
  })

  it('of the version before are still its own after a rollback', async () => {
    await suite.platform.call(routes.enablePlugin, { ...sample, approveGrants: true })
    await suite.plugins.write('sample', asking('1.1.0', '{}'))
    await suite.platform.call(routes.upgradePlugin, { ...sample, version: '1.1.0' })
    const operation = await suite.platform.call(routes.rollbackPlugin, sample)
    assert.equal(operation.state, 'done', operation.reason ?? '')
    assert.deepEqual((await shown()).approved, [funding])
  })

  it('of a plugin enabled before there were approvals count as approved', async () => {
    await suite.platform.call(routes.enablePlugin, { ...sample, approveGrants: true })
    await suite.platform.database('plugins_grants').delete()
    await suite.restart()
    assert.equal((await suite.summary())?.state, 'enabled')
    assert.equal((await shown()).approvedBy, 'system')
  })

  it('compare one by one', () => {
    const asked = grantItems({ ledgerAccounts: ['a', 'b'], engineMarkets: true, houseAccounts: false })
    assert.deepEqual(
      grantsDifference(asked, [
        { grant: 'ledgerAccounts', value: 'b' },
        { grant: 'sockets', value: null },
      ]),
      {
        added: [{ grant: 'ledgerAccounts', value: 'a' }, markets],
        removed: [{ grant: 'sockets', value: null }],
      },
    )
  })
})
