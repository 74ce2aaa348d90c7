import assert from 'node:assert/strict'
import { listActivity } from '@cambium/kernel/activity/routes'
import { listTasks } from '@cambium/kernel/tasks/routes'
import { listNotices } from '@cambium/kernel/notifications/routes'
import { listFundings, takeBackFunds, topUpPool } from '../routes/fundings.ts'
import { createPool, listPoolAssets, updatePool } from '../routes/pools.ts'
import { showPosition } from '../routes/positions.ts'
import { stakingRefusals } from '../routes/refusals.ts'
import { listStakingDays, reviewPool, reviewPools, reviewPositions } from '../routes/review.ts'
import { DAY_MS } from '../routes/reward-rules.ts'
import { listRewards } from '../routes/rewards.ts'
import { openStakingPlace, refusalOf, type Staker, type StakingPlace } from './staking-place.ts'

describe('staking rewards, day by day', function () {
  this.timeout(120_000)
  let place: StakingPlace
  let ada: Staker
  let ben: Staker

  before(async () => {
    place = await openStakingPlace()
    ada = await place.staker()
    ben = await place.staker()
  })
  after(() => place.kernel.stop())

  async function rewardsOf(who: Staker, positionId: string): Promise<string> {
    return (await place.call(showPosition, { positionId }, who)).position.rewards
  }

  it('are paid once a day, however often the job runs', async () => {
    await place.openPool('often')
    const { id } = await place.stake(ada, 'often', '1000')
    await place.days(2)
    await place.runJobs()
    await place.runJobs()
    assert.equal(await rewardsOf(ada, id), '1')
  })

  it('are a task of operators once the fund of a pool is running low', async () => {
    await place.openPool('low', {}, '3')
    const tasks = async () =>
      (await place.call(listTasks, {})).items.filter(({ id }) => id === 'staking.runway:low')
    assert.deepEqual(await tasks(), [])
    await place.stake(ada, 'low', '1000')
    const [task] = await tasks()
    assert.deepEqual([task?.severity, task?.count, task?.link], ['warning', 3, '/staking/pools/low'])
    assert.deepEqual(task?.data, { pool: 'USDT' })
  })

  it('come from pools whose terms no operator changes over another’s change', async () => {
    await place.openPool('twice')
    const { revision } = (await place.call(reviewPool, { poolId: 'twice' })).pool
    const change = (name: string) => place.call(updatePool, { poolId: 'twice', name, revision })
    assert.equal((await change('First')).revision, revision + 1)
    assert.equal(await refusalOf(change('Second')), stakingRefusals.changed_meanwhile.code)
    assert.equal((await place.call(reviewPool, { poolId: 'twice' })).pool.name, 'First')
  })

  it('are in the feed under their days, beside what was staked and redeemed, each once', async () => {
    const eve = await place.staker()
    await place.openPool('feed')
    const { id } = await place.stake(eve, 'feed', '1000')
    await place.days(3)
    await place.runJobs()
    await place.redeem(eve, id, '100')
    await place.kernel.settled()
    const { items } = await eve.as.api(listActivity, { owner: 'staking' })
    const whole = items.filter(({ amount }) => amount === null || amount === '1')
    assert.deepEqual(
      whole.map(({ kind, amount, data }) => [kind, amount, data.amount]),
      [
        ['staking.redemption', null, '100'],
        ['staking.reward', '1', '1'],
        ['staking.reward', '1', '1'],
        ['staking.stake', null, '1000'],
      ],
    )
    assert.equal(new Set(items.map(({ at }) => at)).size, items.length)
    // What was earned since midnight came with the redemption.
    assert.equal(items.length, 5)
  })

  it('are caught up, a day at a time, after the platform was away', async () => {
    await place.openPool('away')
    const { id } = await place.stake(ada, 'away', '1000', { isAutoCompound: true })
    await place.disable()
    await place.kernel.clock.advance(6 * DAY_MS)
    await place.kernel.enable('staking')
    // Nobody starts the job: it was due meanwhile.
    await place.kernel.settled()
    const { items } = await place.call(listRewards, { positionId: id }, ada)
    assert.equal(items.length, 5)
    assert.equal(await rewardsOf(ada, id), '5.01001')
    const days = (await place.call(listStakingDays, { poolId: 'away' })).items
    assert.deepEqual(
      days.map(({ subscribers, isFunded }) => [subscribers, isFunded]),
      [1, 2, 3, 4, 5].map(() => [1, true]),
    )
    assert.equal(days[0]?.rewards, '1')
  })

  it('stop for everybody on the day the fund cannot pay, visibly, and go on when it is filled', async () => {
    const admin = await place.kernel.createUser({ role: 'admin' })
    await place.openPool('dry', {}, '5')
    const first = await place.stake(ada, 'dry', '1000')
    const second = await place.stake(ben, 'dry', '1000')
    await place.days(4)
    assert.deepEqual([await rewardsOf(ada, first.id), await rewardsOf(ben, second.id)], ['2', '2'])
    const { position } = await place.call(showPosition, { positionId: first.id }, ada)
    assert.equal(position.isUnfunded, true)
    const reviewed = await place.call(reviewPool, { poolId: 'dry' })
    assert.deepEqual([reviewed.isStopped, reviewed.fund, reviewed.pool.isFunded], [true, '1', false])
    const { items } = await place.call(listNotices, {}, { as: admin })
    assert.ok(items.some(({ kind }) => kind === 'staking.ranDry'))
    assert.equal(await refusalOf(place.stake(ada, 'dry', '10')), stakingRefusals.pool_must_be_funded.code)

    await place.call(topUpPool, { poolId: 'dry', amount: '100', reason: 'It ran dry' })
    await place.days(1)
    assert.equal(await rewardsOf(ada, first.id), '3')
    const log = (await place.call(listRewards, { positionId: first.id }, ada)).items
    assert.deepEqual(
      log.map(({ isFunded }) => isFunded),
      [true, false, true, true],
    )
  })

  it('change with the pool’s rates from the next midnight on', async () => {
    await place.openPool('rates')
    const { id } = await place.stake(ada, 'rates', '1000')
    await place.days(1)
    const pool = await place.call(updatePool, { poolId: 'rates', tiers: [{ from: '0', aprPpm: 730_000 }] })
    assert.equal(pool.tiers[0]?.aprPpm, 365_000)
    assert.equal(pool.nextTiers?.tiers[0]?.aprPpm, 730_000)
    await place.days(2)
    assert.equal(await rewardsOf(ada, id), '3')
  })

  it('are decided with the rates they are paid at, to all or to nobody', async () => {
    await place.openPool('raised', {}, '3')
    const first = await place.stake(ada, 'raised', '1000')
    const second = await place.stake(ben, 'raised', '1000')
    // Twice as much from the first day on: four a day, which the fund does not have.
    await place.call(updatePool, { poolId: 'raised', tiers: [{ from: '0', aprPpm: 730_000 }] })
    await place.days(2)
    assert.deepEqual([await rewardsOf(ada, first.id), await rewardsOf(ben, second.id)], ['0', '0'])
    const { items } = await place.call(listStakingDays, { poolId: 'raised' })
    assert.deepEqual([items[0]?.isFunded, items[0]?.rewards], [false, '0'])
    await place.call(topUpPool, { poolId: 'raised', amount: '1', reason: 'For one more day' })
    await place.days(1)
    assert.deepEqual([await rewardsOf(ada, first.id), await rewardsOf(ben, second.id)], ['2', '2'])
  })

  it('come from a fund that is filled and emptied with a reason, once a key', async () => {
    await place.openPool('fund', {}, '0')
    const topUp = { poolId: 'fund', amount: '50', reason: 'First funding' }
    const key = { idempotencyKey: 'fund-once' }
    const [one, two] = [await place.call(topUpPool, topUp, key), await place.call(topUpPool, topUp, key)]
    assert.deepEqual(one, two)
    assert.equal(await place.balance('rewards:staking/fund'), 50n * 100_000_000n)
    await place.stake(ada, 'fund', '1000')
    await place.call(takeBackFunds, { poolId: 'fund', amount: '49', reason: 'Too much' })
    const all = place.call(takeBackFunds, { poolId: 'fund', amount: '1', reason: 'The rest' })
    assert.equal(await refusalOf(all), stakingRefusals.exceeds_free_funds.code)
    const { items } = await place.call(listFundings, { poolId: 'fund' })
    assert.deepEqual(
      items.map(({ direction, amount, actor, reason }) => [direction, amount, actor, reason]),
      [
        ['out', '49', 'system', 'Too much'],
        ['in', '50', 'system', 'First funding'],
      ],
    )
  })

  it('have pools that are created with terms that make sense', async () => {
    const [asset] = (await place.call(listPoolAssets, {})).items
    assert.ok(asset)
    const [known] = (await place.call(reviewPools, {})).items
    assert.ok(known)
    const { name, stakeMin, userCap, poolCap, levelMin, unbondingDays, rewardSource, rewardNote, sortOrder } =
      known.pool
    const terms = {
      poolId: 'new',
      name,
      assetId: 'USDT',
      kind: 'locked' as const,
      termDays: null,
      stakeMin,
      userCap,
      poolCap,
      levelMin,
      unbondingDays,
      rewardSource,
      rewardNote,
      sortOrder,
      tiers: [{ from: '0', aprPpm: 1 }],
    }
    const refused = (change: object): Promise<string> =>
      refusalOf(place.call(createPool, { ...terms, ...change }))
    assert.equal(await refused({}), stakingRefusals.term_must_match_kind.code)
    assert.equal(await refused({ kind: 'flexible', termDays: 3 }), stakingRefusals.term_must_match_kind.code)
    assert.equal(await refused({ termDays: 3, assetId: 'DOGE' }), stakingRefusals.asset_not_found.code)
    assert.equal(
      await refused({ termDays: 3, tiers: [{ from: '5', aprPpm: 1 }] }),
      stakingRefusals.tiers_must_ascend.code,
    )
    assert.equal(await refused({ poolId: 'fund', termDays: 3 }), stakingRefusals.pool_already_exists.code)
  })

  it('are reviewed by operators with whose they are', async () => {
    const { items } = await place.call(reviewPositions, { poolId: 'dry' })
    assert.deepEqual(items.map(({ userId }) => userId).sort(), [ada.as.id, ben.as.id].sort())
    await place.assertBalanced()
  })
})
