import assert from 'node:assert/strict'
import type { MarketEvent } from '@cambium/kernel'
import { projectEvents } from '../server/order-projection.ts'

const marketId = 'BTC-USDT'
const time = Date.UTC(2024, 7, 8)

function accepted(seq: number, orderId: string, side: 'buy' | 'sell', quantity: string): MarketEvent {
  return {
    event: 'accepted',
    seq,
    time,
    marketId,
    userId: `owner-of-${orderId}`,
    orderId,
    clientOrderId: orderId,
    side,
    type: 'limit',
    price: '100',
    quantity,
    timeInForce: 'GTC',
    isPostOnly: false,
  }
}

function trade(seq: number, quantity: string): MarketEvent {
  return {
    event: 'trade',
    seq,
    time: time + seq,
    marketId,
    tradeId: `t${seq}`,
    price: '100',
    quantity,
    takerSide: 'buy',
    takerOrderId: 'buyer',
    makerOrderId: 'seller',
    takerUserId: 'owner-of-buyer',
    makerUserId: 'owner-of-seller',
    takerFee: '0.0005',
    makerFee: '0.05',
  }
}

const canceled: MarketEvent = {
  event: 'canceled',
  seq: 5,
  time: time + 5,
  marketId,
  userId: 'owner-of-buyer',
  orderId: 'buyer',
  clientOrderId: 'buyer',
  leavesQuantity: '0.3',
  reason: 'canceled_by_user',
}

const events = [
  accepted(1, 'seller', 'sell', '0.7'),
  accepted(2, 'buyer', 'buy', '1'),
  trade(3, '0.5'),
  trade(4, '0.2'),
  canceled,
]

describe('order projection', () => {
  it('fills an order by each of its trades and adds up what was paid', () => {
    const seller = projectEvents(new Map(), events).orders.get('seller')
    assert.equal(seller?.status, 'filled')
    assert.equal(seller.filledQuantity, '0.7')
    assert.equal(seller.leavesQuantity, '0')
    assert.equal(seller.filledNotional, '70')
  })

  it('keeps what an order had filled before it was canceled', () => {
    const buyer = projectEvents(new Map(), events).orders.get('buyer')
    assert.equal(buyer?.status, 'canceled')
    assert.equal(buyer.filledQuantity, '0.7')
    assert.equal(buyer.leavesQuantity, '0.3')
    assert.equal(buyer.reason, 'canceled_by_user')
    assert.equal(buyer.seq, 5)
    assert.equal(buyer.acceptedSeq, 2)
  })

  it('gives each side of a trade a fill with its fee in what it receives', () => {
    const [taker, maker] = projectEvents(new Map(), events).fills
    assert.deepEqual(
      [taker?.side, taker?.role, taker?.fee, taker?.feeAssetId],
      ['buy', 'taker', '0.0005', 'BTC'],
    )
    assert.deepEqual(
      [maker?.side, maker?.role, maker?.fee, maker?.feeAssetId],
      ['sell', 'maker', '0.05', 'USDT'],
    )
  })

  it('comes out the same in one batch and event by event', () => {
    const whole = projectEvents(new Map(), events)
    const known = new Map()
    for (const event of events) {
      for (const [id, order] of projectEvents(known, [event]).orders) known.set(id, order)
    }
    assert.deepEqual(known, whole.orders)
  })

  it('takes an event of an order it never saw for the bug it is', () => {
    assert.throws(() => projectEvents(new Map(), [canceled]), /never accepted/)
  })
})
