import assert from 'node:assert/strict'
import fc from 'fast-check'
import { figureParts, figureText } from '../app/composables/figure-text.ts'

const decimalText = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.stringMatching(/^[0-9]{0,18}$/))
  .map(([whole, fraction]) => (fraction === '' ? whole.toString() : `${whole}.${fraction}`))

describe('figure', () => {
  it('keeps trailing zeros apart so that they can be dimmed', () => {
    assert.deepEqual(figureParts('61837.6300'), {
      sign: '',
      whole: '61,837',
      decimalMark: '.',
      fraction: '63',
      zeros: '00',
    })
  })

  it('groups and marks decimals as the locale does, with narrow spaces where it groups by a space', () => {
    assert.equal(figureText('1234567.5', { locale: 'de' }), '1.234.567,5')
    assert.equal(figureText('1234567.5', { locale: 'fr' }), '1\u202f234\u202f567,5')
    assert.equal(figureText('1234567.5', { locale: 'en-IN' }), '12,34,567.5')
  })

  it('pads to the decimals asked for and cuts towards zero beyond them', () => {
    assert.equal(figureText('1.5', { decimals: 4 }), '1.5000')
    assert.equal(figureText('0.99999', { decimals: 2 }), '0.99')
    assert.equal(figureText('-0.99999', { decimals: 2 }), '−0.99')
    assert.equal(figureText('12.9', { decimals: 0 }), '12')
  })

  it('carries a sign only when there is something above or below zero left to show', () => {
    assert.equal(figureText('1', { isSigned: true }), '+1')
    assert.equal(figureText('0.00', { isSigned: true }), '0.00')
    assert.equal(figureText('-0.001', { decimals: 2 }), '0.00')
  })

  it('loses no digit of any amount, however large', () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        assert.equal(figureText(text).replaceAll(',', ''), text)
      }),
    )
  })
})
