import assert from 'node:assert/strict'
import { enablePlugin, uninstallPlugin } from '@cambium/kernel/plugins/routes'
import { takeBackFunds } from '../routes/fundings.ts'
import { changePoolState } from '../routes/pools.ts'
import { listPositions } from '../routes/positions.ts'
import { reviewPool } from '../routes/review.ts'
import { openStakingPlace, refusalOf, type Staker, type StakingPlace } from './staking-place.ts'

const purge = { pluginId: 'staking', data: 'purge', confirmation: 'staking' } as const

describe('uninstalling staking', function () {
  this.timeout(120_000)
  let place: StakingPlace
  let ada: Staker

  before(async () => {
    place = await openStakingPlace()
    ada = await place.staker()
    await place.openPool('usdt', { tiers: [{ from: '0', aprPpm: 123_457 }] })
    await place.stake(ada, 'usdt', '777.77')
    await place.days(2)
  })
  after(() => place.kernel.stop())

  it('with its data is refused while money is in, and leaves every stake as it was', async () => {
    const before = (await place.call(listPositions, {}, ada)).items
    await place.disable()
    assert.equal(await refusalOf(place.call(uninstallPlugin, purge)), 'plugins.accounts_hold_money')
    await place.call(enablePlugin, { pluginId: 'staking', approveGrants: true })
    assert.deepEqual((await place.call(listPositions, {}, ada)).items, before)
  })

  it('with its data is done when pools have ended, paid out and given their funds back', async () => {
    await place.call(changePoolState, { poolId: 'usdt', state: 'ended' })
    await place.runJobs()
    const { fund: amount } = await place.call(reviewPool, { poolId: 'usdt' })
    assert.equal(await place.balance('rounding:staking'), 1n)
    await place.call(takeBackFunds, { poolId: 'usdt', amount, reason: 'Staking ends here' })
    await place.disable()
    const operation = await place.call(uninstallPlugin, purge)
    assert.equal(operation.state, 'done', operation.reason ?? undefined)
    const tables = await place.kernel.parts.database.raw("SHOW TABLES LIKE 'staking\\_%'")
    assert.deepEqual(tables[0], [])
    await place.assertBalanced()
  })
})
