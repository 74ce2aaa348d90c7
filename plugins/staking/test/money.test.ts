import assert from 'node:assert/strict'
import { ProblemError } from '@cambium/kernel/contract'
import fc from 'fast-check'
import { takeBackFunds } from '../routes/fundings.ts'
import { changePoolState } from '../routes/pools.ts'
import { listPositions } from '../routes/positions.ts'
import { openStakingPlace, type Staker, type StakingPlace } from './staking-place.ts'

const USDT = 100_000_000n

describe('money in staking', function () {
  this.timeout(180_000)
  let place: StakingPlace
  let crowd: Staker[]

  before(async () => {
    place = await openStakingPlace()
    crowd = [await place.staker(), await place.staker(), await place.staker()]
  })
  after(() => place.kernel.stop())

  it('moves from wallet to stake and back, and rewards from the fund to the wallet', async () => {
    const [ada] = crowd as [Staker]
    await place.openPool('flow')
    const before = await place.funding(ada)
    const { id } = await place.stake(ada, 'flow', '1000')
    assert.equal(await place.balance(`user:${ada.as.id}/staking`), 1000n * USDT)
    await place.days(3)
    assert.equal(await place.balance('rewards:staking/flow'), 999_998n * USDT)
    await place.redeem(ada, id)
    assert.equal(await place.balance(`user:${ada.as.id}/staking`), 0n)
    const fund = await place.balance('rewards:staking/flow')
    const rounding = await place.balance('rounding:staking')
    assert.equal((await place.funding(ada)) - before + fund + rounding, 1_000_000n * USDT)
    assert.ok(rounding <= 1n, 'a closed stake leaves at most one unit over')
    await place.assertBalanced()
  })

  it('that a fund has is never paid twice, nor more than it has', async () => {
    await place.openPool('scarce', {}, '4.2')
    for (const who of crowd) await place.stake(who, 'scarce', '1000')
    await place.days(5)
    assert.ok((await place.balance('rewards:staking/scarce')) >= 0n)
    await place.assertBalanced()
  })

  it('is neither made nor lost, whatever happens', async () => {
    await place.openPool(
      'any',
      {
        userCap: '4000',
        unbondingDays: 1,
        tiers: [
          { from: '0', aprPpm: 700_003 },
          { from: '777.7', aprPpm: 31_337 },
        ],
      },
      '40',
    )
    await place.openPool(
      'any-locked',
      { kind: 'locked', termDays: 3, tiers: [{ from: '0', aprPpm: 123_457 }] },
      '900',
    )
    const act = fc.record({
      who: fc.nat({ max: 2 }),
      what: fc.constantFrom('stake', 'stake', 'lock', 'redeem', 'redeemPart', 'day', 'takeBack'),
      cents: fc.integer({ min: 100, max: 200_000 }),
      isOn: fc.boolean(),
    } as const)
    const play = async ({
      who,
      what,
      cents,
      isOn,
    }: {
      who: number
      what: string
      cents: number
      isOn: boolean
    }): Promise<void> => {
      const staker = crowd[who] as Staker
      const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
      const wish = { isAutoCompound: isOn }
      if (what === 'day') return place.days(1)
      if (what === 'stake') return void (await place.stake(staker, 'any', amount, wish))
      if (what === 'lock')
        return void (await place.stake(staker, 'any-locked', amount, { ...wish, isAutoRenew: isOn }))
      if (what === 'takeBack') {
        return void (await place.call(takeBackFunds, { poolId: 'any', amount, reason: 'Whatever' }))
      }
      const [position] = (await place.call(listPositions, { state: 'active' }, staker)).items
      if (position) await place.redeem(staker, position.id, what === 'redeem' ? undefined : amount)
    }
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 6, maxLength: 14 }), async (acts) => {
        for (const one of acts) {
          // A refusal, for want of funds or room, is an outcome like any other.
          await play(one).catch((error: unknown) => assert.ok(isRefusal(error), String(error)))
        }
        await place.assertBalanced()
      }),
      { numRuns: 5 },
    )
  })

  it('is all back in the wallets when the pools have ended', async () => {
    for (const poolId of ['any', 'any-locked', 'scarce', 'flow']) {
      await place.call(changePoolState, { poolId, state: 'ended' })
    }
    await place.days(2)
    for (const { as } of crowd) assert.equal(await place.balance(`user:${as.id}/staking`), 0n)
    await place.assertBalanced()
  })
})

function isRefusal(error: unknown): boolean {
  return error instanceof ProblemError || (error instanceof Error && 'type' in error)
}
