import assert from 'node:assert/strict'
import fc from 'fast-check'
import { notional, orderFault, quantityFor } from '../routes/market-rules.ts'
import { bitcoinMarket } from './markets.fixture.ts'

const decimalText = fc
  .tuple(fc.bigInt({ min: 1n, max: 10n ** 15n }), fc.integer({ min: 0, max: 8 }))
  .map(([units, scale]) => {
    const digits = units.toString().padStart(scale + 1, '0')
    const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
    const whole = digits.slice(0, digits.length - scale)
    return scale === 0 || fraction === '' ? whole : `${whole}.${fraction}`
  })

describe('market rules', () => {
  it('reckon price times quantity to the last decimal', () => {
    assert.equal(notional('61837.63', '0.00001'), '0.6183763')
    assert.equal(notional('0.1', '0.2'), '0.02')
  })

  it('take a quantity for a sum that never costs more than the sum', () => {
    fc.assert(
      fc.property(decimalText, decimalText, (sum, price) => {
        const cost = notional(price, quantityFor(sum, price))
        return Number(cost) <= Number(sum) * (1 + 1e-12)
      }),
    )
  })

  const draft = { side: 'buy', type: 'limit', price: '60000', quantity: '0.01' } as const

  it('find no fault in an order the market takes', () => {
    assert.equal(orderFault(bitcoinMarket, draft, null), null)
    assert.equal(orderFault(bitcoinMarket, { ...draft, type: 'market', price: '' }, '60000'), null)
  })

  for (const [fault, change] of [
    ['priceMissing', { price: '' }],
    ['priceMalformed', { price: '1e5' }],
    ['priceMalformed', { price: '0' }],
    ['priceOffTick', { price: '60000.001' }],
    ['quantityMissing', { quantity: '' }],
    ['quantityMalformed', { quantity: '-1' }],
    ['quantityOffLot', { quantity: '0.000001' }],
    ['notionalTooSmall', { quantity: '0.00001' }],
  ] as const) {
    it(`name ${fault} for ${JSON.stringify(change)}`, () => {
      assert.equal(orderFault(bitcoinMarket, { ...draft, ...change }, null), fault)
    })
  }
})
