import assert from 'node:assert/strict'
import fc from 'fast-check'
import { add, amount, formatAmount, mulDiv, parseAmount, subtract, zero } from '../index.ts'

const units = fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }).map(amount)
const positive = fc.bigInt({ min: 0n, max: 10n ** 38n })
const scale = fc.integer({ min: 0, max: 24 })

const refused = (type: string) => (error: unknown) => {
  assert.equal((error as { type?: string }).type, type)
  return true
}

describe('amount', () => {
  it('reads back what was written, at every scale', () => {
    fc.assert(
      fc.property(units, scale, (value, decimals) => {
        assert.equal(parseAmount(formatAmount(value, decimals), decimals), value)
      }),
    )
  })

  it('is written as the shortest plain decimal', () => {
    fc.assert(
      fc.property(units, scale, (value, decimals) => {
        assert.match(formatAmount(value, decimals), /^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/)
      }),
    )
    const examples = [
      [150_000_000n, 8, '1.5'],
      [1n, 8, '0.00000001'],
      [-1n, 2, '-0.01'],
      [0n, 8, '0'],
      [100n, 0, '100'],
    ] as const
    for (const [value, decimals, text] of examples) assert.equal(formatAmount(amount(value), decimals), text)
  })

  it('accepts zeros beyond the scale, which say nothing', () => {
    assert.equal(parseAmount('1.500000000', 8), 150_000_000n)
    assert.equal(parseAmount('0.0', 0), 0n)
    assert.equal(parseAmount('-0', 8), 0n)
  })

  it('refuses what is finer than the smallest unit', () => {
    assert.throws(() => parseAmount('0.000000001', 8), refused('money.amount_too_fine'))
    assert.throws(() => parseAmount('1.5', 0), refused('money.amount_too_fine'))
  })

  it('refuses what is no plain decimal', () => {
    for (const text of [
      '',
      ' ',
      '1e3',
      '+1',
      '.5',
      '1.',
      '01',
      '0x10',
      '1,5',
      '1 000',
      'NaN',
      'Infinity',
      '１',
      '--1',
      '1\n',
    ]) {
      assert.throws(() => parseAmount(text, 8), refused('money.amount_malformed'), JSON.stringify(text))
    }
  })

  it('adds and subtracts without loss', () => {
    fc.assert(
      fc.property(units, units, (left, right) => {
        assert.equal(subtract(add(left, right), right), left)
        assert.equal(add(left, zero), left)
      }),
    )
  })
})

describe('mulDiv', () => {
  it('differs by at most one unit between up and down, and never rounds what is exact', () => {
    fc.assert(
      fc.property(
        positive,
        positive,
        fc.bigInt({ min: 1n, max: 10n ** 20n }),
        (left, numerator, denominator) => {
          const down = mulDiv(amount(left), numerator, denominator, 'down')
          const up = mulDiv(amount(left), numerator, denominator, 'up')
          const product = left * numerator
          assert.ok(down * denominator <= product && product < (down + 1n) * denominator)
          assert.equal(up - down, product % denominator === 0n ? 0n : 1n)
        },
      ),
    )
  })

  it('splits an amount so that both parts together are the whole', () => {
    fc.assert(
      fc.property(positive, fc.bigInt({ min: 0n, max: 1_000_000n }), (whole, partsPerMillion) => {
        const fee = mulDiv(amount(whole), partsPerMillion, 1_000_000n, 'up')
        assert.equal(add(fee, subtract(amount(whole), fee)), whole)
        assert.ok(fee <= whole)
      }),
    )
  })

  it('takes no negative numbers and no division by nothing', () => {
    assert.throws(() => mulDiv(amount(-1n), 1n, 1n, 'down'), RangeError)
    assert.throws(() => mulDiv(amount(1n), -1n, 1n, 'down'), RangeError)
    assert.throws(() => mulDiv(amount(1n), 1n, 0n, 'down'), RangeError)
  })
})
