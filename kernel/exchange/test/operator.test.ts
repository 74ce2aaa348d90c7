import assert from 'node:assert/strict'
import { openExchangePlace, type ExchangePlace } from './exchange-place.ts'

const system = { kind: 'system' } as const
const admin = { kind: 'user', userId: 'admin', permissions: new Set(['exchange.fundings.create']) } as const

describe('operator', () => {
  let place: ExchangePlace
  before(async () => {
    place = await openExchangePlace()
  })
  after(() => place.close())

  const run = (action: string, params: object, principal: object = system) => {
    const found = place.exchange.implementations.find(({ route }) => route['action'] === action)
    assert.ok(found, action)
    const handler = found.handler as unknown as (call: object) => Promise<Record<string, unknown>>
    return handler({ params, principal, userId: 'admin', idempotencyKey: JSON.stringify(params) })
  }

  it('funds wallets from outside, and nobody else does', async () => {
    const params = { userId: 'una', assetId: 'USDT', amount: '70', wallet: 'spot', reason: 'For a test' }
    await assert.rejects(run('exchange.fundings.create', params, admin), {
      type: 'platform.permission_missing',
    })
    await run('exchange.fundings.create', params)
    await run('exchange.fundings.create', params)
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
    await run('exchange.reservations.create', reserve)
    await run('exchange.reservations.create', reserve)
    assert.equal(exchange.isReserved('BTC-USDT'), true)
    const other = { ...reserve, holder: 'holder-two' }
    await assert.rejects(run('exchange.reservations.create', other), {
      type: 'exchange.market_already_reserved',
    })
    const release = { marketId: 'BTC-USDT', holder: 'holder-one' }
    await run('exchange.reservations.release', release)
    await assert.rejects(run('exchange.reservations.release', release), {
      type: 'exchange.reservation_not_found',
    })
    assert.equal(exchange.isReserved('BTC-USDT'), false)
    await run('exchange.reservations.create', other)
    await place.database('exchange_reservations').update({ expires_at: new Date(0) })
    await run('exchange.reservations.create', reserve)
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
    const { users } = await run('exchange.orders.list_open', { marketId: 'BTC-USDT' })
    assert.deepEqual(users, [{ userId, houseAccount: 'maker', orders: 2 }])
    await exchange.cancelAll({ userId, key: 'house-all' })
  })

  it('shows both wallets of a user side by side', async () => {
    const { items } = await run('exchange.balances.list', {})
    assert.deepEqual(
      (items as { assetId: string; spot: object }[]).map(({ assetId, spot }) => [assetId, spot]),
      ['BTC', 'ETH', 'USDT'].map((assetId) => [assetId, { available: '0', held: '0' }]),
    )
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
