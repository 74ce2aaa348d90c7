import assert from 'node:assert/strict'
import {
  createFunding,
  createHouseAccount,
  createReservation,
  listOpenOrders,
  releaseReservation,
  showStatus,
  submitHouseOrders,
} from '../routes.ts'
import { openApi, system, user, type ApiPlace } from './api-place.ts'
import { eventually } from './eventually.ts'
import { openExchangePlace, type ExchangePlace } from './exchange-place.ts'

const admin = user('admin', 'exchange.fundings.create', 'exchange.orders.read')

describe('operator', () => {
  let place: ExchangePlace
  let api: ApiPlace
  before(async () => {
    place = await openExchangePlace()
    api = await openApi(place.database, { exchange: place.exchange.implementations })
  })
  after(async () => {
    await api.close()
    await place.close()
  })

  it('funds wallets from outside, and nobody else does', async () => {
    const params = {
      userId: 'una',
      assetId: 'USDT',
      amount: '70',
      wallet: 'spot',
      reason: 'For a test',
    } as const
    await assert.rejects(api.call(createFunding, params, { as: admin }), {
      type: 'platform.permission_missing',
    })
    await api.call(createFunding, params, { key: 'funding-1' })
    await api.call(createFunding, params, { key: 'funding-1' })
    assert.deepEqual(await place.exchange.balances('una'), [{ assetId: 'USDT', available: '70', held: '0' }])
    await place.assertBalanced()
  })

  it('reserves a market until it gives it back or the lease ends', async () => {
    const changes: [string, boolean][] = []
    const controller = new AbortController()
    const { exchange } = place
    exchange.onReservationChange(
      (marketId, isReserved) => changes.push([marketId, isReserved]),
      controller.signal,
    )
    const reserve = { marketId: 'BTC-USDT', holder: 'holder-one', leaseMs: 60_000 }
    await api.call(createReservation, reserve)
    await api.call(createReservation, reserve)
    assert.equal(exchange.isReserved('BTC-USDT'), true)
    const other = { ...reserve, holder: 'holder-two' }
    await assert.rejects(api.call(createReservation, other), {
      type: 'exchange.market_already_reserved',
    })
    const release = { marketId: 'BTC-USDT', holder: 'holder-one' }
    await api.call(releaseReservation, release)
    await assert.rejects(api.call(releaseReservation, release), {
      type: 'exchange.reservation_not_found',
    })
    assert.equal(exchange.isReserved('BTC-USDT'), false)
    await api.call(createReservation, other)
    await place.database('exchange_reservations').update({ expires_at: new Date(0) })
    await api.call(createReservation, reserve)
    assert.deepEqual(changes.slice(0, 3), [
      ['BTC-USDT', true],
      ['BTC-USDT', false],
      ['BTC-USDT', true],
    ])
    controller.abort()
  })

  it('funds a house account once, adds what is missing later, and sees who has open orders', async () => {
    const { exchange } = place
    const userId = await exchange.houseAccount('maker', { BTC: '5' })
    assert.equal(await exchange.houseAccount('maker', { BTC: '5' }), userId)
    assert.equal(await exchange.houseAccount('maker', { BTC: '7', USDT: '10' }), userId)
    const balances = await exchange.balances(userId)
    assert.deepEqual(
      balances.map(({ assetId, available }) => [assetId, available]),
      [
        ['BTC', '7'],
        ['USDT', '10'],
      ],
    )
    const sell = { userId, marketId: 'BTC-USDT', side: 'sell', type: 'limit', quantity: '1' } as const
    await exchange.place({ ...sell, price: '100', key: 'house-1' })
    await exchange.place({ ...sell, price: '101', key: 'house-2' })
    const { users } = await api.call(listOpenOrders, { marketId: 'BTC-USDT' })
    assert.deepEqual(users, [{ userId, houseAccount: 'maker', orders: 2 }])
    await exchange.cancelAll({ userId, key: 'house-all' })
  })

  it('trades as house accounts, one outcome an operation', async () => {
    const funding = [{ assetId: 'BTC', amount: '9' }]
    await assert.rejects(api.call(createHouseAccount, { name: 'quoter', funding }, { as: admin }), {
      type: 'platform.permission_missing',
    })
    await api.call(createHouseAccount, { name: 'quoter', funding })
    await api.call(createHouseAccount, { name: 'taker', funding: [{ assetId: 'USDT', amount: '1000' }] })
    const terms = { op: 'place', type: 'limit', quantity: '1', price: '90' } as const
    const { outcomes } = await api.call(submitHouseOrders, {
      marketId: 'BTC-USDT',
      operations: [
        { ...terms, account: 'quoter', side: 'sell', clientOrderId: 'q1' },
        { ...terms, account: 'taker', side: 'buy', quantity: '0.4' },
        { ...terms, account: 'taker', side: 'buy', quantity: '1000' },
        { op: 'cancel', account: 'quoter', clientOrderId: 'q1' },
        { ...terms, account: 'quoter', side: 'sell', price: '91' },
        { op: 'cancelAll', account: 'quoter' },
      ],
    })
    const [placed, taken, refused, canceled, , all] = outcomes
    assert.equal(placed?.leavesQuantity, '1')
    assert.deepEqual(
      taken?.trades.map(({ price, quantity }) => [price, quantity]),
      [['90', '0.4']],
    )
    assert.equal(refused?.rejected, 'insufficient_funds')
    assert.equal(canceled?.leavesQuantity, '0.6')
    assert.deepEqual([all?.canceled, all?.left], [1, 0])
    await assert.rejects(
      api.call(submitHouseOrders, {
        marketId: 'BTC-USDT',
        operations: [{ op: 'cancelAll', account: 'nobody' }],
      }),
      { type: 'exchange.house_account_not_found' },
    )
    await place.assertBalanced()
  })

  it('sees how far everything is behind the engine', async () => {
    await eventually('nothing has a lag', async () => {
      const { isEngineAvailable, followers } = await api.call(showStatus, {}, { as: system })
      return isEngineAvailable && followers.length >= 3 && followers.every(({ lag }) => lag === 0)
    })
  })

  it('is told of a break between engine and ledger, by account', async () => {
    await place.fund('vic', { USDT: '5' })
    await place.database.raw(
      "UPDATE ledger_balances SET available = available - 1 WHERE account_id = 'user:vic/spot'",
    )
    const { balanced, breaks, assets } = await place.ledger.check()
    assert.equal(balanced, false)
    const broken = breaks.find(({ rule }) => rule === 'engine_equals_ledger')
    assert.deepEqual(
      [broken?.accountId, broken?.expected, broken?.actual],
      ['user:vic/spot', '5', '4.99999999'],
    )
    assert.equal(assets.find(({ asset }) => asset === 'USDT')?.difference, '0.00000001')
    await place.database.raw(
      "UPDATE ledger_balances SET available = available + 1 WHERE account_id = 'user:vic/spot'",
    )
    await place.assertBalanced()
  })
})
