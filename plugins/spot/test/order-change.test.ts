import assert from 'node:assert/strict'
import { isChangeable, keepsItsPlace } from '../portal/order-change.ts'
import type { Order } from '../routes/orders.ts'

const order = { type: 'limit', status: 'open', price: '100.5', quantity: '2' } as Order

describe('a change of an open order', () => {
  it('keeps its place in the queue only for less at the same price', () => {
    assert.equal(keepsItsPlace(order, { price: '100.50', quantity: '1.5' }), true)
    assert.equal(keepsItsPlace(order, { price: '100.5', quantity: '2.1' }), false)
    assert.equal(keepsItsPlace(order, { price: '100.4', quantity: '1' }), false)
    assert.equal(keepsItsPlace(order, { price: '', quantity: '1' }), false)
  })

  it('is offered for limit orders that wait in the book', () => {
    assert.equal(isChangeable(order), true)
    assert.equal(isChangeable({ ...order, status: 'partiallyFilled' }), true)
    assert.equal(isChangeable({ ...order, status: 'filled' }), false)
    assert.equal(isChangeable({ ...order, type: 'stopLimit' }), false)
  })
})
