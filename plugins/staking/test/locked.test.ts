import assert from 'node:assert/strict'
import { listNotices } from '@cambium/kernel/notifications/routes'
import { changeToggle } from '@cambium/kernel/toggles/routes'
import { showPosition, updatePosition } from '../routes/positions.ts'
import { changePoolState, updatePool } from '../routes/pools.ts'
import { stakingRefusals } from '../routes/refusals.ts'
import { reviewPool } from '../routes/review.ts'
import { autoRenew } from '../routes/toggles.ts'
import { openStakingPlace, refusalOf, type Staker, type StakingPlace } from './staking-place.ts'

const USDT = 100_000_000n
const week = { kind: 'locked' as const, termDays: 7 }

describe('locked stakes', function () {
  this.timeout(120_000)
  let place: StakingPlace
  let ada: Staker

  before(async () => {
    place = await openStakingPlace()
    ada = await place.staker()
  })
  after(() => place.kernel.stop())

  it('are paid out with all rewards when their term ends, and their owner is told', async () => {
    await place.openPool('week', week)
    const before = await place.funding(ada)
    const { id } = await place.stake(ada, 'week', '1000')
    await place.days(8)
    const { position, redemptions } = await place.call(showPosition, { positionId: id }, ada)
    assert.deepEqual([position.state, position.rewards], ['closed', '7'])
    assert.deepEqual([redemptions[0]?.cause, redemptions[0]?.payout], ['maturity', '1000'])
    assert.equal((await place.funding(ada)) - before, 7n * USDT)
    const { items } = await place.call(listNotices, {}, ada)
    assert.deepEqual(items.map(({ kind }) => kind).sort(), ['staking.firstReward', 'staking.matured'])
  })

  it('redeemed early return the stake minus the rewards already paid', async () => {
    await place.openPool('early', week)
    const before = await place.funding(ada)
    const { id } = await place.stake(ada, 'early', '1000')
    await place.days(4)
    const part = place.redeem(ada, id, '100')
    assert.equal(await refusalOf(part), stakingRefusals.locked_must_be_redeemed_whole.code)
    const { redemption } = await place.redeem(ada, id)
    assert.deepEqual([redemption.payout, redemption.penalty], ['997', '3'])
    assert.equal(await place.funding(ada), before)
    assert.equal(await place.balance('rewards:staking/early'), 1_000_000n * USDT)
  })

  it('that were compounded return the same', async () => {
    await place.openPool('compound', week)
    const before = await place.funding(ada)
    const { id } = await place.stake(ada, 'compound', '1000', { isAutoCompound: true })
    await place.days(4)
    const { redemption } = await place.redeem(ada, id)
    assert.equal(redemption.payout, '1000')
    assert.equal(await place.funding(ada), before)
  })

  it('begin another term at the rate of that day where they are to', async () => {
    await place.openPool('renew', week)
    const { id } = await place.stake(ada, 'renew', '1000', { isAutoRenew: true })
    await place.call(updatePool, { poolId: 'renew', tiers: [{ from: '0', aprPpm: 730_000 }] })
    await place.days(9)
    const { position } = await place.call(showPosition, { positionId: id }, ada)
    assert.deepEqual([position.state, position.termNumber], ['active', 2])
    assert.deepEqual([position.rewards, position.termRewards, position.aprPpm], ['9', '2', 730_000])
  })

  it('are renewed for those alone for whom the feature is on, and go on where they were', async () => {
    await place.openPool('toggled', week)
    const before = await place.stake(ada, 'toggled', '100', { isAutoRenew: true })
    const state = { toggleId: autoRenew.id, percentage: 0, userIds: [], levels: [] }
    await place.call(changeToggle, { ...state, mode: 'off', revision: 0 })
    const renewing = () => place.stake(ada, 'toggled', '100', { isAutoRenew: true })
    assert.equal(await refusalOf(renewing()), stakingRefusals.renewal_not_offered.code)
    const plain = await place.stake(ada, 'toggled', '100')
    const turnOn = place.call(updatePosition, { positionId: plain.id, isAutoRenew: true }, ada)
    assert.equal(await refusalOf(turnOn), stakingRefusals.renewal_not_offered.code)
    const { position } = await place.call(showPosition, { positionId: before.id }, ada)
    assert.equal(position.isAutoRenew, true)
    await place.call(changeToggle, { ...state, mode: 'some', userIds: [ada.as.id], revision: 1 })
    assert.equal((await renewing()).isAutoRenew, true)
    await place.call(changeToggle, { ...state, mode: 'on', revision: 2 })
  })

  it('are taken only where all rewards of the term are in the fund, which keeps them', async () => {
    await place.openPool('promise', week, '8')
    await place.stake(ada, 'promise', '1000')
    assert.equal(
      await refusalOf(place.stake(ada, 'promise', '1000')),
      stakingRefusals.pool_must_be_funded.code,
    )
    const { committed, free, fund } = await place.call(reviewPool, { poolId: 'promise' })
    assert.equal(fund, '8')
    assert.ok(committed.startsWith('7.0'), committed)
    assert.ok(free.startsWith('0.9'), free)
  })

  it('wait for their unbonding, and earn nothing meanwhile', async () => {
    const ben = await place.staker()
    await place.openPool('unbond', { ...week, unbondingDays: 2 })
    const { id } = await place.stake(ben, 'unbond', '1000')
    await place.days(8)
    const waiting = await place.call(showPosition, { positionId: id }, ben)
    assert.equal(waiting.position.state, 'unbonding')
    assert.equal(waiting.redemptions[0]?.paidAt, null)
    const before = await place.funding(ben)
    await place.days(2)
    const { position } = await place.call(showPosition, { positionId: id }, ben)
    assert.deepEqual([position.state, position.rewards], ['closed', '7'])
    assert.equal((await place.funding(ben)) - before, 1000n * USDT)
  })

  it('are paid out whole and without a penalty when their pool ends', async () => {
    await place.openPool('ending', week)
    const before = await place.funding(ada)
    const { id } = await place.stake(ada, 'ending', '1000')
    await place.days(3)
    await place.call(changePoolState, { poolId: 'ending', state: 'ended' })
    await place.runJobs()
    const { position, redemptions } = await place.call(showPosition, { positionId: id }, ada)
    assert.deepEqual(
      [position.state, redemptions[0]?.cause, redemptions[0]?.penalty],
      ['closed', 'poolEnd', '0'],
    )
    assert.ok((await place.funding(ada)) - before > 2n * USDT)
    const again = place.call(changePoolState, { poolId: 'ending', state: 'open' })
    assert.equal(await refusalOf(again), stakingRefusals.pool_state_must_not_change.code)
    await place.assertBalanced()
  })
})
