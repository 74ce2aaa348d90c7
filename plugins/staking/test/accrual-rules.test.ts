import assert from 'node:assert/strict'
import fc from 'fast-check'
import { amount, zero, type Amount } from '@cambium/kernel/money'
import { DAY_MS } from '../routes/reward-rules.ts'
import {
  accrue,
  nextPeriod,
  settled,
  termReserve,
  withdrawFlexible,
  withdrawLocked,
} from '../server/accrual-rules.ts'
import type { PositionRecord } from '../server/positions.model.ts'

const units = (n: bigint | number): Amount => amount(BigInt(n))
const dayOne = Date.UTC(2026, 0, 1)
const tiersAt = () => [{ from: zero, aprPpm: 100_000 }]
const plenty = units(10n ** 30n)

const flexible: PositionRecord = {
  id: '1',
  userId: '42',
  poolId: 'usdt',
  assetId: 'USDT',
  kind: 'flexible',
  state: 'active',
  stake: units(36_500_000),
  pending: zero,
  pendingFromMs: null,
  tierOffset: zero,
  tiers: null,
  weight: 0n,
  carry: 0n,
  startedAtMs: dayOne - 3_600_000,
  earnsFromMs: dayOne,
  accruedThroughMs: dayOne,
  maturesAtMs: null,
  termNumber: 1,
  termRewards: zero,
  termReserve: zero,
  rewards: zero,
  isAutoCompound: false,
  isAutoRenew: false,
  closedAtMs: null,
}

function accrueAll(from: PositionRecord, untilMs: number, available = plenty): PositionRecord {
  let position = settled(from, tiersAt)
  for (let period = nextPeriod(position, untilMs); period; period = nextPeriod(position, untilMs)) {
    position = accrue(position, period, { tiersAt, available }).position
  }
  return position
}

describe('accrual of a stake', () => {
  it('goes day by day, and ends where it is told to', () => {
    assert.deepEqual(nextPeriod(flexible, dayOne + 3 * DAY_MS), { fromMs: dayOne, toMs: dayOne + DAY_MS })
    const noon = dayOne + DAY_MS / 2
    assert.deepEqual(nextPeriod(flexible, noon), { fromMs: dayOne, toMs: noon })
    assert.equal(nextPeriod(flexible, dayOne), null)
  })

  it('ends at maturity', () => {
    const locked = { ...flexible, maturesAtMs: dayOne + DAY_MS }
    const after = accrueAll(locked, dayOne + 9 * DAY_MS)
    assert.equal(after.accruedThroughMs, dayOne + DAY_MS)
    assert.equal(after.rewards, 10_000n)
  })

  it('comes to the same whether done daily or caught up at once, wherever it was cut', () => {
    const cuts = fc.property(
      fc.bigInt(1n, 10n ** 15n),
      fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 5 }),
      fc.boolean(),
      (stake, days, isAutoCompound) => {
        const start = { ...flexible, stake: amount(stake), isAutoCompound }
        const atOnce = accrueAll(start, dayOne + 10 * DAY_MS)
        let inParts = start
        for (const day of [...days.sort((left, right) => left - right), 10]) {
          inParts = accrueAll(inParts, dayOne + day * DAY_MS)
        }
        assert.deepEqual(inParts, atOnce)
      },
    )
    fc.assert(cuts)
  })

  it('adds a compounded reward to the stake, so the next day earns on it', () => {
    const period = nextPeriod(flexible, dayOne + DAY_MS)
    assert.ok(period)
    const compounding = { ...flexible, isAutoCompound: true }
    const { position, accrual } = accrue(compounding, period, { tiersAt, available: plenty })
    assert.equal(accrual.reward, 10_000n)
    assert.equal(position.stake, 36_510_000n)
    assert.equal(position.weight, 36_510_000n * 100_000n)
  })

  it('stops where the fund cannot pay: the period earns nothing and owes nothing', () => {
    const period = nextPeriod(flexible, dayOne + DAY_MS)
    assert.ok(period)
    const { position, accrual } = accrue(flexible, period, { tiersAt, available: units(9_999) })
    assert.equal(accrual.isFunded, false)
    assert.equal(accrual.reward, 0n)
    assert.equal(position.rewards, 0n)
    assert.equal(position.accruedThroughMs, dayOne + DAY_MS)
  })

  it('counts what was added from its own midnight on', () => {
    const added = { ...flexible, pending: units(36_500_000), pendingFromMs: dayOne + DAY_MS }
    const after = accrueAll(added, dayOne + 2 * DAY_MS)
    assert.equal(after.rewards, 30_000n)
    assert.equal(after.stake, 73_000_000n)
    assert.equal(after.pending, 0n)
    assert.equal(after.pendingFromMs, null)
  })
})

describe('redemption of a stake', () => {
  it('takes first what does not earn yet', () => {
    const added = { ...flexible, pending: units(100), pendingFromMs: dayOne + DAY_MS }
    const { position, payout, penalty } = withdrawFlexible(added, units(150), tiersAt)
    assert.equal(position.pending, 0n)
    assert.equal(position.stake, 36_499_950n)
    assert.equal(payout, 150n)
    assert.equal(penalty, 0n)
  })

  it('of a locked one gives back the term’s rewards when early, and nothing at maturity', () => {
    const locked = { ...flexible, kind: 'locked' as const, stake: units(1_000), termRewards: units(30) }
    assert.deepEqual(withdrawLocked(locked, true).payout, 970n)
    assert.deepEqual(withdrawLocked(locked, true).penalty, 30n)
    assert.deepEqual(withdrawLocked(locked, false).payout, 1_000n)
  })
})

describe('reserve of a locked term', () => {
  it('covers whatever the term pays, compounded or not', () => {
    const terms = fc.property(
      fc.bigInt(1n, 10n ** 15n),
      fc.integer({ min: 1, max: 60 }),
      fc.boolean(),
      (stake, days, isAutoCompound) => {
        const reserve = termReserve({ stake: amount(stake), offset: zero, tiers: tiersAt(), days })
        const maturesAtMs = dayOne + days * DAY_MS
        const paid = accrueAll(
          { ...flexible, stake: amount(stake), isAutoCompound, maturesAtMs },
          maturesAtMs,
        )
        assert.ok(paid.termRewards <= reserve, `${paid.termRewards} of ${reserve}`)
      },
    )
    fc.assert(terms)
  })
})
