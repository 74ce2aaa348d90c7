import assert from 'node:assert/strict'
import { changeLevel } from '@cambium/kernel/identity/routes'
import { listPositions, openPosition, showPosition, updatePosition } from '../routes/positions.ts'
import { changePoolState, createPool, listPools, showPool, showRoom } from '../routes/pools.ts'
import { stakingRefusals } from '../routes/refusals.ts'
import { listRewards, listStakedAssets } from '../routes/rewards.ts'
import { openStakingPlace, refusalOf, type Staker, type StakingPlace } from './staking-place.ts'

const USDT = 100_000_000n

describe('stakes', function () {
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

  it('leave the funding wallet, and earn from the next midnight of UTC', async () => {
    await place.openPool('start')
    const before = await place.funding(ada)
    const position = await place.stake(ada, 'start', '1000')
    assert.equal(before - (await place.funding(ada)), 1000n * USDT)
    assert.equal(position.stake, '1000')
    assert.ok(position.earnsFrom.endsWith('T00:00:00.000Z'))
    assert.ok(Date.parse(position.earnsFrom) > place.kernel.clock.now().getTime())

    await place.days(1)
    assert.equal((await place.call(showPosition, { positionId: position.id }, ada)).position.rewards, '0')
    await place.days(2)
    const { position: after } = await place.call(showPosition, { positionId: position.id }, ada)
    assert.equal(after.rewards, '2')
    const { items } = await place.call(listRewards, { positionId: position.id }, ada)
    assert.deepEqual(
      items.map(({ reward, isCompounded }) => [reward, isCompounded]),
      [
        ['1', false],
        ['1', false],
      ],
    )
    const [asset] = (await place.call(listStakedAssets, {}, ada)).items
    assert.equal(asset?.rewardsYesterday, '1')
  })

  it('in a flexible pool are one position; what is added earns from its own midnight', async () => {
    await place.openPool('added')
    const first = await place.stake(ada, 'added', '1000')
    await place.days(1)
    const second = await place.stake(ada, 'added', '1000')
    assert.equal(second.id, first.id)
    assert.deepEqual([second.stake, second.pending], ['1000', '1000'])
    await place.days(2)
    const { position } = await place.call(showPosition, { positionId: first.id }, ada)
    assert.deepEqual([position.stake, position.pending, position.rewards], ['2000', '0', '3'])
  })

  it('are paid up to the second when redeemed, in parts or whole', async () => {
    await place.openPool('leave')
    const { id } = await place.stake(ada, 'leave', '1000')
    await place.days(1)
    // Noon after the first midnight: half a day has been earned.
    const before = await place.funding(ada)
    const { redemption } = await place.redeem(ada, id, '400')
    assert.deepEqual([redemption.payout, redemption.penalty], ['400', '0'])
    const half = (await place.funding(ada)) - before - 400n * USDT
    assert.ok(half >= (USDT * 4998n) / 10_000n && half <= (USDT * 501n) / 1000n, String(half))
    await place.redeem(ada, id)
    const { position, redemptions } = await place.call(showPosition, { positionId: id }, ada)
    assert.deepEqual([position.state, position.stake], ['closed', '0'])
    assert.equal(redemptions.length, 2)
    assert.equal(await refusalOf(place.redeem(ada, id)), stakingRefusals.position_not_active.code)
  })

  it('that are compounded grow by each reward', async () => {
    await place.openPool('grow')
    const { id } = await place.stake(ben, 'grow', '1000', { isAutoCompound: true })
    await place.days(3)
    const { position } = await place.call(showPosition, { positionId: id }, ben)
    assert.equal(position.stake, '1002.001')
    await place.call(updatePosition, { positionId: id, isAutoCompound: false }, ben)
    await place.days(1)
    const after = (await place.call(showPosition, { positionId: id }, ben)).position
    assert.equal(after.stake, '1002.001')
    assert.equal(after.rewards, '3.003001')
  })

  it('earn by tiers, each for its slice', async () => {
    const tiers = [
      { from: '0', aprPpm: 365_000 },
      { from: '1000', aprPpm: 36_500 },
    ]
    await place.openPool('tiers', { tiers })
    const { id } = await place.stake(ada, 'tiers', '3000')
    await place.days(2)
    assert.equal((await place.call(showPosition, { positionId: id }, ada)).position.rewards, '1.2')
  })

  it('are refused below the minimum, above a cap, above the balance, in a pool that takes none, and finer than the asset', async () => {
    await place.openPool('rules', { stakeMin: '10', userCap: '500', poolCap: '600' })
    const refused = (amount: string, who = ada): Promise<string> =>
      refusalOf(place.stake(who, 'rules', amount))
    assert.equal(await refused('9.99'), stakingRefusals.below_minimum.code)
    assert.equal(await refused('501'), stakingRefusals.exceeds_user_cap.code)
    assert.equal(await refused('10.000000001'), 'money.amount_too_fine')
    await place.stake(ada, 'rules', '400')
    assert.equal(await refused('300', ben), stakingRefusals.exceeds_pool_cap.code)
    const room = await place.call(showRoom, { poolId: 'rules' }, ada)
    assert.deepEqual([room.staked, room.room], ['400', '100'])
    const poor = await place.staker({ USDT: '20' })
    assert.equal(await refused('50', poor), 'ledger.insufficient_funds')
    await place.call(changePoolState, { poolId: 'rules', state: 'closed' })
    assert.equal(await refused('20'), stakingRefusals.pool_not_open.code)
    assert.equal(await refusalOf(place.stake(ada, 'nowhere', '20')), stakingRefusals.pool_not_found.code)
    const renewing = place.stake(ada, 'start', '20', { isAutoRenew: true })
    assert.equal(await refusalOf(renewing), stakingRefusals.renewal_needs_a_term.code)
  })

  it('ask for the pool’s level, through the point where every purchase is asked about', async () => {
    await place.openPool('level', { levelMin: 2 })
    assert.equal(await refusalOf(place.stake(ben, 'level', '20')), 'filters.level_too_low')
    await place.call(changeLevel, { userId: ben.as.id, level: 2, reason: 'Checked by a test' })
    assert.equal((await place.stake(ben, 'level', '20')).stake, '20')
  })

  it('happen once, whatever is repeated under their key', async () => {
    await place.openPool('once')
    const wish = { poolId: 'once', amount: '50', isAutoCompound: false, isAutoRenew: false }
    const key = { idempotencyKey: 'one-stake', ...ada }
    const before = await place.funding(ada)
    const answers = await Promise.all([1, 2, 3].map(() => place.call(openPosition, wish, key)))
    for (const answer of answers) assert.deepEqual(answer, answers[0])
    assert.equal(before - (await place.funding(ada)), 50n * USDT)
    const other = place.call(openPosition, { ...wish, amount: '51' }, key)
    assert.equal(await refusalOf(other), stakingRefusals.key_used_before.code)
  })

  it('never exceed the cap, however many come at once', async () => {
    await place.openPool('rush', { poolCap: '100' })
    const crowd = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(() => place.staker({ USDT: '1000' })))
    const outcomes = await Promise.allSettled(crowd.map((who) => place.stake(who, 'rush', '30')))
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 3)
    const pool = await place.call(showPool, { poolId: 'rush' })
    assert.deepEqual([pool.staked, pool.subscribers], ['90', 3])
  })

  it('of others are not to be seen, nor drafts', async () => {
    const { id } = await place.stake(ada, 'start', '10')
    const stranger = place.call(showPosition, { positionId: id }, ben)
    assert.equal(await refusalOf(stranger), stakingRefusals.position_not_found.code)
    assert.equal(await refusalOf(place.redeem(ben, id)), stakingRefusals.position_not_found.code)
    const [known] = (await place.call(listPools, {})).items
    assert.ok(known)
    const draft = { ...known, poolId: 'draft', tiers: [...known.tiers] }
    const { poolId, name, assetId, kind, termDays, stakeMin, userCap, poolCap, levelMin, unbondingDays } =
      draft
    const { rewardSource, rewardNote, tiers, sortOrder } = draft
    await place.call(createPool, {
      poolId,
      name,
      assetId,
      kind,
      termDays,
      stakeMin,
      userCap,
      poolCap,
      levelMin,
      unbondingDays,
      rewardSource,
      rewardNote,
      tiers,
      sortOrder,
    })
    assert.equal(await refusalOf(place.call(showPool, { poolId }, ada)), stakingRefusals.pool_not_found.code)
    assert.ok((await place.call(listPools, {}, ada)).items.every((pool) => pool.id !== poolId))
  })

  it('are untouched by disabling and enabling the plugin', async () => {
    const before = (await place.call(listPositions, {}, ada)).items
    await place.disable()
    await place.kernel.enable('staking')
    assert.deepEqual((await place.call(listPositions, {}, ada)).items, before)
    await place.assertBalanced()
  })
})
