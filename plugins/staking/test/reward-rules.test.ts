import assert from 'node:assert/strict'
import fc from 'fast-check'
import { amount, type Amount } from '@cambium/kernel/money'
import {
  apyPpm,
  DAY_MS,
  earlyPenalty,
  effectiveAprPpm,
  forecastReward,
  midnightAfter,
  midnightAt,
  REWARD_DIVISOR,
  rewardOf,
  roomOf,
  runwayDays,
  weightOf,
  type TierRate,
} from '../routes/reward-rules.ts'

const units = (n: bigint | number): Amount => amount(BigInt(n))
const flat = (aprPpm: number): TierRate[] => [{ from: units(0), aprPpm }]

const tierList = fc.uniqueArray(fc.bigInt(1n, 10n ** 20n), { maxLength: 4 }).chain((bounds) =>
  fc
    .array(fc.integer({ min: 0, max: 10_000_000 }), {
      minLength: bounds.length + 1,
      maxLength: bounds.length + 1,
    })
    .map((rates) =>
      [0n, ...bounds.sort((left, right) => (left < right ? -1 : 1))].map((from, index) => ({
        from: amount(from),
        aprPpm: rates[index] ?? 0,
      })),
    ),
)
const stakes = fc.bigInt(1n, 10n ** 22n).map(amount)

describe('staking rewards', () => {
  it('are the rate’s share of the stake after a year of 365 days', () => {
    const { reward, carry } = rewardOf(
      weightOf({ stake: units(1_000_000), offset: units(0) }, flat(50_000)),
      31_536_000n,
      0n,
    )
    assert.equal(reward, 50_000n)
    assert.equal(carry, 0n)
  })

  it('count each second: halves of a day add up to the day', () => {
    const halves = fc.property(
      stakes,
      fc.integer({ min: 0, max: 10_000_000 }),
      fc.bigInt(0n, 86_400n),
      (stake, rate, cut) => {
        const weight = weightOf({ stake, offset: units(0) }, flat(rate))
        const whole = rewardOf(weight, 86_400n, 0n)
        const first = rewardOf(weight, cut, 0n)
        const second = rewardOf(weight, 86_400n - cut, first.carry)
        assert.equal(first.reward + second.reward, whole.reward)
        assert.equal(second.carry, whole.carry)
      },
    )
    fc.assert(halves)
  })

  it('keep back less than one unit, however many periods there are', () => {
    const many = fc.property(
      stakes,
      fc.integer({ min: 1, max: 10_000_000 }),
      fc.array(fc.bigInt(1n, 86_400n), { minLength: 1, maxLength: 40 }),
      (stake, rate, periods) => {
        const weight = weightOf({ stake, offset: units(0) }, flat(rate))
        let paid = 0n
        let carry = 0n
        for (const seconds of periods) {
          const earned = rewardOf(weight, seconds, carry)
          paid += earned.reward
          carry = earned.carry
        }
        const exact = weight * periods.reduce((sum, seconds) => sum + seconds, 0n)
        assert.ok(paid * REWARD_DIVISOR <= exact)
        assert.ok((paid + 1n) * REWARD_DIVISOR > exact)
      },
    )
    fc.assert(many)
  })

  it('of two stakes beside each other are those of one of both', () => {
    const split = fc.property(stakes, stakes, tierList, (first, second, tiers) => {
      const apart =
        weightOf({ stake: first, offset: units(0) }, tiers) +
        weightOf({ stake: second, offset: first }, tiers)
      assert.equal(apart, weightOf({ stake: amount(first + second), offset: units(0) }, tiers))
    })
    fc.assert(split)
  })

  it('pay each tier for its own slice', () => {
    const tiers = [
      { from: units(0), aprPpm: 60_000 },
      { from: units(1000), aprPpm: 20_000 },
    ]
    assert.equal(weightOf({ stake: units(1500), offset: units(0) }, tiers), 1000n * 60_000n + 500n * 20_000n)
    assert.equal(effectiveAprPpm({ stake: units(1500), offset: units(0) }, tiers), 46_666)
    assert.equal(effectiveAprPpm({ stake: units(10), offset: units(2000) }, tiers), 20_000)
    assert.equal(effectiveAprPpm({ stake: units(0), offset: units(0) }, tiers), 60_000)
  })

  it('that are compounded come to the APY, less the fractions', () => {
    const stake = units(10n ** 18n)
    const reward = forecastReward({
      stake,
      offset: units(0),
      tiers: flat(100_000),
      days: 365,
      isAutoCompound: true,
    })
    assert.equal(apyPpm(100_000), 105_155)
    assert.ok(reward / 10n ** 12n >= 105_155n && reward / 10n ** 12n < 105_156n)
    assert.equal(apyPpm(0), 0)
  })

  it('begin at the next midnight of UTC', () => {
    const noon = Date.UTC(2026, 10, 22, 12)
    assert.equal(midnightAfter(noon), Date.UTC(2026, 10, 23))
    assert.equal(midnightAt(noon), Date.UTC(2026, 10, 22))
    assert.equal(midnightAfter(midnightAt(noon)), midnightAt(noon) + DAY_MS)
  })

  it('taken back for leaving early never exceed the stake', () => {
    assert.equal(earlyPenalty(units(100), units(7)), 7n)
    assert.equal(earlyPenalty(units(100), units(700)), 100n)
  })

  it('have a runway of whole days, and none where nothing is staked', () => {
    const weight = weightOf({ stake: units(365_000_000), offset: units(0) }, flat(10_000))
    assert.equal(runwayDays(units(99_999), weight), 9)
    assert.equal(runwayDays(units(100_000), weight), 10)
    assert.equal(runwayDays(units(5), 0n), null)
  })

  it('leave room for what the tightest cap allows', () => {
    assert.equal(roomOf([{ cap: null, used: units(5) }]), null)
    assert.equal(
      roomOf([
        { cap: units(10), used: units(4) },
        { cap: units(9), used: units(6) },
      ]),
      3n,
    )
    assert.equal(roomOf([{ cap: units(10), used: units(12) }]), 0n)
  })
})
