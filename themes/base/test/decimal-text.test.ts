import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  addDecimals,
  compareDecimals,
  decimalsOf,
  floorToStep,
  multiplyDecimals,
  percentChange,
  percentOf,
  ppmToPercent,
  shareOf,
  subtractDecimals,
} from '../app/composables/decimal-text.ts'

const cents = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n })
function text(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(3, '0')
  return `${units < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

describe('decimal text', () => {
  it('reads the decimals of a tick or lot size', () => {
    assert.deepEqual(['0.01', '0.00001', '1', '10', '0.10'].map(decimalsOf), [2, 5, 0, 0, 1])
  })

  it('compares by value, not by spelling', () => {
    assert.equal(compareDecimals('9', '10'), -1)
    assert.equal(compareDecimals('1.50', '1.5'), 0)
    assert.equal(compareDecimals('0.1', '-5'), 1)
  })

  it('adds and takes away without losing a unit', () => {
    assert.equal(addDecimals('0.1', '0.2'), '0.3')
    fc.assert(
      fc.property(cents, cents, (left, right) => {
        const sum = addDecimals(text(left), text(right))
        assert.equal(compareDecimals(subtractDecimals(sum, text(right)), text(left)), 0)
      }),
    )
  })

  it('multiplies exactly', () => {
    assert.equal(multiplyDecimals('61837.63', '0.00001'), '0.6183763')
  })

  it('cuts to a step and never above what there was', () => {
    assert.equal(floorToStep('0.123456', '0.00001'), '0.12345')
    assert.equal(floorToStep('17', '5'), '15')
  })

  it('takes a percentage of a balance, cut to the lot size', () => {
    assert.equal(percentOf('1', 25, '0.001'), '0.25')
    assert.equal(percentOf('0.33333', 50, '0.001'), '0.166')
    assert.equal(percentOf('5', 100, '0.01'), '5')
  })

  it('tells a change in percent, and none where there was nothing before', () => {
    assert.equal(percentChange('100', '98.75'), '-1.25')
    assert.equal(percentChange('0', '5'), null)
  })

  it('shares nothing of nothing', () => {
    assert.equal(shareOf('5', '0'), 0)
    assert.equal(shareOf('1', '4'), 2_500)
  })

  it('writes a rate in parts per million as a percentage', () => {
    assert.equal(ppmToPercent(1_000), '0.1')
    assert.equal(ppmToPercent(25), '0.0025')
  })
})
