import assert from 'node:assert/strict'
import type { MarketEvent, OrderAccepted } from '@cambium/kernel'
import { projectEvents } from '../server/order-projection.ts'

const marketId = 'BTC-USDT'
const time = Date.UTC(2024, 7, 8)

function accepted(seq: number, orderId: string, side: 'buy' | 'sell', quantity: string): OrderAccepted {
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
    status: 'open',
    price: '100',
    quantity,
    quoteQuantity: null,
    timeInForce: 'GTC',
    isPostOnly: false,
    displayQuantity: null,
    triggerPrice: null,
    trailingBips: null,
    expiresAt: null,
    listId: null,
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
    takerFeeAssetId: null,
    makerFeeAssetId: null,
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

  const of = (orderId: string) => ({ userId: `owner-of-${orderId}`, orderId, clientOrderId: orderId })
  const moment = (seq: number) => ({ seq, time: time + seq, marketId })
  const state = (given: readonly MarketEvent[], orderId: string): object => {
    const order = projectEvents(new Map(), given).orders.get(orderId)
    const { status, quantity, filledQuantity, leavesQuantity, preventedQuantity, reason, price } = order ?? {}
    return { status, quantity, filledQuantity, leavesQuantity, preventedQuantity, reason, price }
  }

  it('waits for its trigger, and is pending until the first of its list is filled', () => {
    const stop = { ...accepted(1, 'stop', 'buy', '1'), type: 'stopLimit', status: 'waiting' } as const
    const pending = { ...accepted(2, 'later', 'sell', '1'), status: 'pending' } as const
    const statusOf = (given: readonly MarketEvent[], id: string) =>
      projectEvents(new Map(), given).orders.get(id)?.status
    assert.equal(statusOf([stop], 'stop'), 'waiting')
    assert.equal(statusOf([stop, { event: 'triggered', ...moment(3), ...of('stop') }], 'stop'), 'open')
    assert.equal(statusOf([pending], 'later'), 'pending')
    assert.equal(statusOf([pending, { event: 'activated', ...moment(3), ...of('later') }], 'later'), 'open')
    const both = { ...stop, status: 'pending' } as const
    assert.equal(statusOf([both, { event: 'activated', ...moment(3), ...of('stop') }], 'stop'), 'waiting')
  })

  it('takes the terms of an amend and loses what self-trade prevention took', () => {
    const amended: MarketEvent = {
      event: 'amended',
      ...moment(4),
      ...of('buyer'),
      price: '101',
      quantity: '0.8',
      leavesQuantity: '0.3',
    }
    const prevented: MarketEvent = {
      event: 'prevented',
      ...moment(5),
      takerOrderId: 'seller',
      makerOrderId: 'buyer',
      takerPrevented: '0.2',
      makerPrevented: '0.1',
    }
    assert.deepEqual(state([...events.slice(0, 3), amended, prevented], 'buyer'), {
      status: 'partiallyFilled',
      quantity: '0.8',
      filledQuantity: '0.5',
      leavesQuantity: '0.2',
      preventedQuantity: '0.1',
      reason: null,
      price: '101',
    })
  })

  it('is as large as what it traded when it was placed by quote quantity, and filled once that is spent', () => {
    const byQuote: MarketEvent = {
      ...accepted(2, 'buyer', 'buy', '0'),
      type: 'market',
      quantity: null,
      quoteQuantity: '60',
      price: null,
    }
    const spent: MarketEvent = {
      event: 'expired',
      ...moment(4),
      ...of('buyer'),
      leavesQuantity: '0',
      reason: 'quote_spent',
    }
    const course = [accepted(1, 'seller', 'sell', '0.7'), byQuote, trade(3, '0.5')]
    const terms = { quantity: '0.5', filledQuantity: '0.5', leavesQuantity: '0', preventedQuantity: '0' }
    assert.deepEqual(state(course, 'buyer'), {
      status: 'partiallyFilled',
      ...terms,
      reason: null,
      price: null,
    })
    assert.deepEqual(state([...course, spent], 'buyer'), {
      status: 'filled',
      ...terms,
      reason: null,
      price: null,
    })
    const paid = { ...trade(3, '0.5'), takerFeeAssetId: 'CAM' } as MarketEvent
    const { fills } = projectEvents(new Map(), [...course.slice(0, 2), paid])
    assert.deepEqual(
      fills.map(({ role, feeAssetId }) => [role, feeAssetId]),
      [
        ['taker', 'CAM'],
        ['maker', 'USDT'],
      ],
    )
  })
})
