import assert from 'node:assert/strict'
import fc from 'fast-check'
import { feeOf } from '../core/balance.ts'
import { formatUnits, parseDecimal, toSteps, toUnits } from '../messages/decimal.ts'
import { KeyTable, type KeyedCommand } from '../core/key-table.ts'

const units = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })

describe('decimal', () => {
  it('reads back every amount it writes', () => {
    fc.assert(
      fc.property(units, fc.integer({ min: 0, max: 18 }), (amount, scale) => {
        assert.equal(toUnits(parseDecimal(formatUnits(amount, scale)), scale), amount)
      }),
    )
  })

  it('counts steps exactly, and refuses what lies between two', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 30 }), fc.integer({ min: 1, max: 999 }), (count, step) => {
        const price = formatUnits(count * step, 5)
        assert.equal(toSteps(parseDecimal(price), { mantissa: step, decimals: 5 }), count)
        assert.equal(
          toSteps(parseDecimal(`${formatUnits(count * step, 5, 5)}1`), { mantissa: step, decimals: 5 }),
          -1,
        )
      }),
    )
  })
})

describe('fee', () => {
  it('is the exact share rounded up, for every amount below 2^53', () => {
    const rate = fc.integer({ min: 0, max: 1_000_000 })
    const edge = fc.integer({ min: 1, max: 9_007_199_254 }).map((millions) => millions * 1_000_000 - 1)
    fc.assert(
      fc.property(fc.oneof(units, edge), rate, (amount, ppm) => {
        assert.equal(BigInt(feeOf(amount, ppm)), (BigInt(amount) * BigInt(ppm) + 999_999n) / 1_000_000n)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('key table', () => {
  const keyed = (n: number): KeyedCommand => ({
    account: 1,
    words: new Int32Array([n, 0]),
    at: 0,
    length: 4,
    hash: n % 7,
    contentLow: n,
    contentHigh: 0,
  })

  it('knows the newest keys and has forgotten the oldest when it is bounded', () => {
    const table = new KeyTable(50, { isBounded: true })
    for (let n = 1; n <= 500; n++) {
      table.add(keyed(n), n, 1)
      for (const known of [n, Math.max(1, n - 49)]) assert.equal(table.seqOf(table.find(keyed(known))), known)
      if (n > 50) assert.equal(table.find(keyed(n - 50)), -1)
    }
  })

  it('forgets nothing when it is not', () => {
    const table = new KeyTable(16, { isBounded: false })
    for (let n = 1; n <= 500; n++) table.add(keyed(n), n, 1)
    for (let n = 1; n <= 500; n++) assert.equal(table.seqOf(table.find(keyed(n))), n)
  })
})
