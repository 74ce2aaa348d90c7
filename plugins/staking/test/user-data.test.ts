import assert from 'node:assert/strict'
import { eraseAccount, exportAccount } from '@cambium/kernel/personal-data/routes'
import { reviewPositions } from '../routes/review.ts'
import { openStakingPlace, type Staker, type StakingPlace } from './staking-place.ts'

describe('what staking keeps about a user', function () {
  this.timeout(120_000)
  let place: StakingPlace
  let ada: Staker

  before(async () => {
    place = await openStakingPlace()
    ada = await place.staker()
    await place.openPool('usdt')
    const { id } = await place.stake(ada, 'usdt', '1000')
    await place.days(2)
    await place.redeem(ada, id)
    await place.stake(ada, 'usdt', '500')
  })
  after(() => place.kernel.stop())

  it('is exported whole: stakes, redemptions and every reward', async () => {
    const { owners } = await place.call(exportAccount, {}, ada)
    const kept = owners['staking']
    assert.equal(kept?.['positions']?.length, 2)
    assert.equal(kept?.['redemptions']?.length, 1)
    // One of a whole day, one up to the second of the redemption.
    assert.equal(kept?.['rewards']?.length, 2)
  })

  it('is made nobody’s when the account is erased, except the stake that still runs', async () => {
    const { id: userId, email } = ada.as
    const { done } = await place.call(eraseAccount, { userId, reason: 'Asked for it', confirmation: email })
    assert.ok(done.includes('staking'))
    const owners = (await place.call(reviewPositions, {})).items.map((item) => [
      item.userId === userId,
      item.position.state,
    ])
    assert.deepEqual(owners, [
      [true, 'active'],
      [false, 'closed'],
    ])
    await place.assertBalanced()
  })
})
