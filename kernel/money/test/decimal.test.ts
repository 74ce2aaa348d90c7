import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  addDecimals,
  amount,
  changePpm,
  compareDecimals,
  decimalsOf,
  divideDecimals,
  fixDecimals,
  formatAmount,
  isMultiple,
  isPositiveDecimal,
  multiplyDecimals,
  percentOfPpm,
  ratioPpm,
  share,
  subtractDecimals,
  toMultiple,
} from '../index.ts'

const written = (units: fc.Arbitrary<bigint>): fc.Arbitrary<string> =>
  fc.tuple(units, fc.nat(12)).map(([value, scale]) => formatAmount(amount(value), scale))
const signed = written(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }))
const positive = written(fc.bigInt({ min: 1n, max: 10n ** 24n }))

describe('decimal', () => {
  it('compares by value, not by spelling', () => {
    assert.equal(compareDecimals('9', '10'), -1)
    assert.equal(compareDecimals('1.50', '1.5'), 0)
    assert.equal(compareDecimals('0.1', '-5'), 1)
  })

  it('adds and takes away without losing a unit', () => {
    assert.equal(addDecimals('0.1', '0.2'), '0.3')
    fc.assert(
      fc.property(signed, signed, (left, right) => {
        assert.equal(subtractDecimals(addDecimals(left, right), right), left)
        assert.equal(addDecimals(left, right), addDecimals(right, left))
      }),
    )
  })

  it('multiplies exactly', () => {
    assert.equal(multiplyDecimals('61837.63', '0.00001'), '0.6183763')
    fc.assert(
      fc.property(signed, signed, signed, (left, right, factor) => {
        const sum = addDecimals(multiplyDecimals(left, factor), multiplyDecimals(right, factor))
        assert.equal(multiplyDecimals(addDecimals(left, right), factor), sum)
      }),
    )
  })

  it('divides so that the quotient never costs more than there was', () => {
    assert.equal(divideDecimals('1', '4'), '0.25')
    fc.assert(
      fc.property(positive, positive, (whole, part) => {
        const rest = subtractDecimals(whole, multiplyDecimals(divideDecimals(whole, part), part))
        assert.ok(compareDecimals(rest, '0') >= 0)
        assert.ok(compareDecimals(multiplyDecimals(rest, `1${'0'.repeat(24)}`), part) < 0)
      }),
    )
  })

  it('comes onto a step, down or up, by less than the step', () => {
    assert.equal(toMultiple('1.239', '0.01', 'down'), '1.23')
    assert.equal(toMultiple('1.231', '0.01', 'up'), '1.24')
    assert.equal(toMultiple('17', '5', 'down'), '15')
    fc.assert(
      fc.property(positive, positive, (value, step) => {
        const [below, above] = [toMultiple(value, step, 'down'), toMultiple(value, step, 'up')]
        assert.ok(isMultiple(below, step) && isMultiple(above, step))
        assert.ok(compareDecimals(below, value) <= 0 && compareDecimals(value, above) <= 0)
        assert.equal(subtractDecimals(above, below), isMultiple(value, step) ? '0' : step)
      }),
    )
  })

  it('gives a share in millionths, rounded the named way', () => {
    assert.equal(share('1000', 1000, 'up'), '1')
    const least = `0.${'0'.repeat(23)}1`
    assert.equal(share(least, 1, 'down'), '0')
    assert.equal(share(least, 1, 'up'), least)
    // A product of two decimals may be finer than the wire.
    assert.equal(share(`0.${'0'.repeat(30)}1`, 1_000_000, 'down'), `0.${'0'.repeat(30)}1`)
  })

  it('is a ratio of another in millionths, and nothing of nothing', () => {
    assert.equal(ratioPpm('1', '4'), 250_000)
    assert.equal(ratioPpm('5', '0'), 0)
    assert.equal(changePpm('99', '100'), -10_000)
    assert.equal(changePpm('101', '100'), 10_000)
  })

  it('writes parts per million as a percentage', () => {
    assert.deepEqual([1_000, 25, -12_345, 0].map(percentOfPpm), ['0.1', '0.0025', '-1.2345', '0'])
  })

  it('reads the decimals of a tick or lot size', () => {
    assert.deepEqual(['0.01', '0.00001', '1', '10', '0.10'].map(decimalsOf), [2, 5, 0, 0, 1])
  })

  it('is shown with fixed decimals, padded or cut', () => {
    assert.deepEqual(
      [fixDecimals('1.5', 3), fixDecimals('1.999', 2), fixDecimals('7', 0)],
      ['1.500', '1.99', '7'],
    )
  })

  it('is positive only where the wire takes it', () => {
    for (const text of ['0.1', '10', `0.${'0'.repeat(23)}1`]) assert.ok(isPositiveDecimal(text), text)
    for (const text of ['', '0', '0.00', '-1', '1.', '1e5', '01', `0.${'0'.repeat(24)}1`]) {
      assert.ok(!isPositiveDecimal(text), text)
    }
  })
})
