import assert from 'node:assert/strict'
import { ref } from 'vue'
import { useOrderTicket, type OrderTicket } from '../portal/order-ticket.ts'
import { bitcoinMarket } from './markets.fixture.ts'

const book = {
  asks: [
    ['60000', '0.5'],
    ['60100', '1'],
  ],
  bids: [['59900', '0.4']],
} as const

function ticketWith(
  entries: Partial<Record<'price' | 'quantity', string>>,
  type: 'limit' | 'market' = 'limit',
): OrderTicket {
  const ticket = useOrderTicket({
    market: ref(bitcoinMarket),
    balances: ref([
      { assetId: 'USDT', available: '30000', held: '0' },
      { assetId: 'BTC', available: '0.250005', held: '0' },
    ]),
    book: ref(book),
  })
  ticket.type.value = type
  ticket.price.value = entries.price ?? ''
  ticket.quantity.value = entries.quantity ?? ''
  return ticket
}

describe('order ticket', () => {
  it('says what a resting order costs, its fee and what comes back', () => {
    const ticket = ticketWith({ price: '50000', quantity: '0.1' })
    assert.deepEqual(ticket.estimate.value, {
      notional: '5000',
      fee: '0.0001',
      feePpm: 1000,
      receives: '0.0999',
      isPartial: false,
    })
    assert.equal(ticket.fault.value, null)
  })

  it('takes the fee of a sale from what it brings', () => {
    const ticket = ticketWith({ price: '60000', quantity: '0.1' })
    ticket.side.value = 'sell'
    assert.equal(ticket.estimate.value?.receives, '5994')
    assert.equal(ticket.available.value, '0.250005')
    assert.equal(ticket.quantityMax.value, '0.25')
  })

  it('finds the quantity for a total that is typed, and forgets the total when the quantity is', () => {
    const ticket = ticketWith({ price: '50000' })
    ticket.total.value = '1234.56'
    assert.equal(ticket.quantity.value, '0.02469')
    assert.equal(ticket.total.value, '1234.56')
    ticket.quantity.value = '0.02'
    assert.equal(ticket.total.value, '1000')
  })

  it('reckons a market order by walking the book', () => {
    const ticket = ticketWith({ quantity: '0.6' }, 'market')
    assert.equal(ticket.estimate.value?.notional, '36010')
    assert.equal(ticket.fault.value, 'balanceTooSmall')
    assert.equal(ticket.quantityMax.value, '0.5')
  })

  it('tells when the book has less than a market order asks for', () => {
    const ticket = ticketWith({ quantity: '0.5' }, 'market')
    ticket.side.value = 'sell'
    assert.equal(ticket.estimate.value?.isPartial, true)
  })

  it('refuses what the balance, the book or post-only would refuse, before it is sent', () => {
    assert.equal(ticketWith({ price: '59000', quantity: '0.6' }).fault.value, 'balanceTooSmall')
    const crossing = ticketWith({ price: '60000', quantity: '0.1' })
    crossing.isPostOnly.value = true
    assert.equal(crossing.fault.value, 'postOnlyWouldTrade')
    assert.equal(ticketWith({ price: '60000.001', quantity: '1' }).fault.value, 'priceOffTick')
  })

  it('sends what was written and nothing that does not belong to the type', () => {
    const ticket = ticketWith({ price: '50000.', quantity: '0.1' })
    ticket.isPostOnly.value = true
    assert.deepEqual(ticket.request(), {
      marketId: 'BTC-USDT',
      side: 'buy',
      type: 'limit',
      quantity: '0.1',
      price: '50000',
      timeInForce: 'GTC',
      isPostOnly: true,
    })
    ticket.type.value = 'market'
    assert.deepEqual(ticket.request(), {
      marketId: 'BTC-USDT',
      side: 'buy',
      type: 'market',
      quantity: '0.1',
    })
  })

  it('knows no available balance while signed out, and finds no fault in that', () => {
    const ticket = useOrderTicket({ market: ref(bitcoinMarket), balances: ref(null), book: ref(book) })
    ticket.price.value = '50000'
    ticket.quantity.value = '1'
    assert.equal(ticket.available.value, null)
    assert.equal(ticket.quantityMax.value, null)
    assert.equal(ticket.fault.value, null)
  })
})
