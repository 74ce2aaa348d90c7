import assert from 'node:assert/strict'
import { entryDecimal, readEntry, stepEntry } from '../app/composables/amount-entry.ts'

describe('amount entry', () => {
  it('takes what people type and paste, in either notation', () => {
    assert.equal(readEntry('1,234,567.5', '0.01'), '1234567.5')
    assert.equal(readEntry('1 234,5', '0.01'), '1234.5')
    assert.equal(readEntry('007', '1'), '7')
    assert.equal(readEntry('.5', '0.1'), '0.5')
  })

  it('keeps a half-typed number as it is until the next key', () => {
    assert.equal(readEntry('12.', '0.01'), '12.')
    assert.equal(entryDecimal('12.'), '12')
    assert.equal(readEntry('', '0.01'), '')
  })

  it('drops digits finer than the step and refuses what is no number', () => {
    assert.equal(readEntry('0.123456', '0.001'), '0.123')
    assert.equal(readEntry('5.5', '1'), '5')
    assert.equal(readEntry('1e5', '1'), null)
    assert.equal(readEntry('-3', '1'), null)
  })

  it('steps on the grid and stops at zero', () => {
    assert.equal(stepEntry('', '0.01', 1), '0.01')
    assert.equal(stepEntry('1.005', '0.01', 1), '1.01')
    assert.equal(stepEntry('5', '0.5', -1, 10), '0')
  })
})
