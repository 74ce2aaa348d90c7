import assert from 'node:assert/strict'
import { aprPpmOf } from '../admin/pool-form.ts'
import { filledPercent, headlineDecimals, listedPools, shortAmount } from '../portal/pool-list.ts'
import { redeemOutcome } from '../portal/redeem-form.ts'
import { stakeDates, stakeFault, stakePreview } from '../portal/stake-form.ts'
import type { Pool, Room } from '../routes/pools.ts'
import type { Position } from '../routes/positions.ts'
import { DAY_MS } from '../routes/reward-rules.ts'

const pool: Pool = {
  id: 'usdt',
  name: 'USDT',
  assetId: 'USDT',
  scale: 8,
  kind: 'flexible',
  state: 'open',
  termDays: null,
  unbondingDays: 0,
  stakeMin: '10',
  userCap: null,
  poolCap: '1000',
  levelMin: 0,
  rewardSource: 'house',
  rewardNote: '',
  tiers: [
    { from: '0', aprPpm: 365_000 },
    { from: '1000', aprPpm: 36_500 },
  ],
  nextTiers: null,
  staked: '250',
  subscribers: 3,
  isFunded: true,
  runwayDays: 40,
  sortOrder: 1,
  revision: 1,
}
const room: Room = { available: '500', staked: '0', room: '300', level: 1, levelMin: 0 }
const noon = Date.UTC(2026, 10, 22, 12)

describe('a stake as it is written', () => {
  it('is faulty for one reason, the one that stands in the way first', () => {
    assert.equal(stakeFault(pool, room, '20'), null)
    assert.equal(stakeFault(pool, room, ''), 'amountMissing')
    assert.equal(stakeFault(pool, room, '9'), 'belowMinimum')
    assert.equal(stakeFault(pool, room, '301'), 'aboveRoom')
    assert.equal(stakeFault(pool, room, '501'), 'aboveBalance')
    assert.equal(stakeFault(pool, { ...room, levelMin: 2 }, '20'), 'levelTooLow')
    assert.equal(stakeFault({ ...pool, isFunded: false }, room, '20'), 'poolUnfunded')
    assert.equal(stakeFault({ ...pool, state: 'closed' }, room, '20'), 'poolClosed')
    assert.equal(stakeFault(pool, null, '20'), null)
  })

  it('is shown the reward it adds, with what is staked already in the tiers below it', () => {
    const alone = stakePreview(pool, { amount: '1000', staked: '0' }, false)
    assert.deepEqual([alone.daily, alone.total, alone.aprPpm], ['1', '365', 365_000])
    const beside = stakePreview(pool, { amount: '1000', staked: '1000' }, false)
    assert.deepEqual([beside.daily, beside.aprPpm], ['0.1', 36_500])
    assert.equal(stakePreview(pool, { amount: '', staked: '0' }, true).aprPpm, 365_000)
  })

  it('is told when it earns, is paid first and matures', () => {
    const midnight = Date.UTC(2026, 10, 23)
    assert.deepEqual(stakeDates({ termDays: 30 }, noon), {
      earnsFromMs: midnight,
      firstRewardMs: midnight + DAY_MS,
      maturesAtMs: midnight + 30 * DAY_MS,
    })
  })
})

describe('a redemption as it is asked about', () => {
  const position = {
    kind: 'locked',
    scale: 8,
    stake: '103',
    pending: '0',
    termRewards: '3',
    maturesAt: new Date(noon + DAY_MS).toISOString(),
  } as Position

  it('says what is given back before the term ends', () => {
    const { isEarly, penalty, payout } = redeemOutcome({ position, unbondingDays: 0 }, '103', noon)
    assert.deepEqual([isEarly, penalty, payout], [true, '3', '100'])
  })

  it('costs nothing afterwards, and says when the money arrives', () => {
    const after = redeemOutcome({ position, unbondingDays: 2 }, '103', noon + DAY_MS)
    assert.deepEqual([after.isEarly, after.penalty, after.payout], [false, '0', '103'])
    assert.equal(after.releasesAtMs, noon + 3 * DAY_MS)
  })
})

describe('pools in a list', () => {
  it('are chosen by term and asset, with the own stakes in them', () => {
    const mine = { poolId: 'usdt' } as Position
    const locked = { ...pool, id: 'eth', assetId: 'ETH', kind: 'locked' as const }
    const listed = listedPools([pool, locked], [mine], { kind: 'flexible' })
    assert.deepEqual(listed, [{ pool, mine: [mine] }])
    assert.deepEqual(listedPools([pool, locked], [], { asset: 'BTC' }), [])
  })

  it('say how full they are, and amounts no longer than they are', () => {
    assert.equal(filledPercent(pool), 25)
    assert.equal(filledPercent({ staked: '5', poolCap: null }), null)
    assert.equal(shortAmount('2.505059623703243477'), '2.50505962')
    assert.equal(shortAmount('6000.00000000'), '6000')
    assert.deepEqual(['0', '0.1', '0.00312', '2.5', '6000'].map(headlineDecimals), [2, 2, 5, 4, 2])
  })

  it('take rates as percent, to four decimals', () => {
    assert.equal(aprPpmOf('6.2'), 62_000)
    assert.equal(aprPpmOf('0.0001'), 1)
    assert.equal(aprPpmOf('1000'), 10_000_000)
    assert.equal(aprPpmOf('1000.1'), null)
    assert.equal(aprPpmOf('1,5'), null)
  })
})
