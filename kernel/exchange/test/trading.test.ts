import assert from 'node:assert/strict'
import { openExchangePlace, order, type ExchangePlace } from './exchange-place.ts'

describe('exchange', () => {
  let place: ExchangePlace
  let keys = 0
  before(async () => {
    place = await openExchangePlace()
    await place.fund('alice', { USDT: '100000' })
    await place.fund('bob', { BTC: '5' })
  })
  after(() => place.close())

  const trade = (userId: string, text: string, more: object = {}) =>
    place.exchange.place({ userId, marketId: 'BTC-USDT', key: `k${(keys += 1)}`, ...order(text), ...more })

  it('answers an order with its fills and what is left of it', async () => {
    const resting = await trade('bob', 'sell 1@60000')
    assert.equal(resting.status, 'open')
    assert.equal(resting.leavesQuantity, '1')
    const taken = await trade('alice', 'buy 0.4@60000.5')
    assert.equal(taken.status, 'filled')
    assert.deepEqual(
      taken.fills.map(({ price, quantity, fee, feeAssetId, role }) => ({
        price,
        quantity,
        fee,
        feeAssetId,
        role,
      })),
      [{ price: '60000', quantity: '0.4', fee: '0.0008', feeAssetId: 'BTC', role: 'taker' }],
    )
    const partly = await trade('alice', 'buy 1@60000')
    assert.equal(partly.status, 'partiallyFilled')
    assert.equal(partly.filledQuantity, '0.6')
    assert.equal(partly.leavesQuantity, '0.4')
    await place.exchange.cancel({ userId: 'alice', marketId: 'BTC-USDT', orderId: partly.orderId, key: 'c1' })
    await place.exchange.cancelAll({ userId: 'bob', key: 'clear' })
    await place.assertBalanced()
  })

  it('answers a repeated key as the first time and trades once', async () => {
    const again = { userId: 'bob', marketId: 'BTC-USDT', key: 'twice', ...order('sell 0.1@70000') }
    const [first, second] = [await place.exchange.place(again), await place.exchange.place(again)]
    assert.deepEqual(second, first)
    const { canceled } = await place.exchange.cancelAll({ userId: 'bob', key: 'all' })
    assert.equal(canceled, 1)
  })

  it('refuses in the engine’s words', async () => {
    const refused: Readonly<Record<string, () => Promise<unknown>>> = {
      'exchange.insufficient_funds': () => trade('alice', 'buy 100@60000'),
      'exchange.price_off_tick': () => trade('alice', 'buy 1@60000.001'),
      'exchange.quantity_off_lot': () => trade('alice', 'buy 0.000001@60000'),
      'exchange.market_not_found': () =>
        place.exchange.place({
          userId: 'alice',
          marketId: 'X-Y',
          key: 'x',
          ...order('buy 1@1'),
        }),
      'exchange.order_not_found': () =>
        place.exchange.cancel({
          userId: 'alice',
          marketId: 'BTC-USDT',
          orderId: '999999',
          key: 'y',
        }),
      'exchange.malformed_command': () => trade('alice', 'buy 1@60000', { clientOrderId: 'x'.repeat(40) }),
    }
    for (const [type, answer] of Object.entries(refused)) await assert.rejects(answer(), { type })
  })

  it('halts a market and lets it trade again', async () => {
    const [market] = await place.exchange.markets()
    assert.ok(market)
    await place.exchange.defineMarket({ ...market, state: 'halted' })
    await assert.rejects(trade('alice', 'buy 1@100'), { type: 'exchange.market_halted' })
    await place.exchange.defineMarket(market)
    const { orderId } = await trade('alice', 'buy 1@100')
    await place.exchange.cancel({ userId: 'alice', marketId: 'BTC-USDT', orderId, key: 'halt-cancel' })
    await assert.rejects(place.exchange.defineMarket({ ...market, tickSize: '0.1' }), {
      type: 'exchange.market_must_match',
    })
  })

  it('tells of a trade with oneself by its fees alone', async () => {
    await trade('bob', 'sell 0.5@50000')
    await place.fund('bob', { USDT: '30000' })
    const taken = await trade('bob', 'buy 0.5@50000')
    assert.equal(taken.fills.length, 1)
    await place.assertBalanced()
  })

  it('shows balances of the engine at once', async () => {
    await place.fund('carol', { USDT: '1000' })
    await trade('carol', 'buy 0.01@50000')
    const [usdt] = await place.exchange.balances('carol')
    assert.deepEqual(usdt, { assetId: 'USDT', available: '500', held: '500' })
  })
})
