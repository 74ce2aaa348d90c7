import assert from 'node:assert/strict'
import { orderAuthorize } from '@cambium/kernel'
import { refusals } from '@cambium/kernel/contract'
import { listActivity } from '@cambium/kernel/activity/routes'
import { exportAccount, eraseAccount } from '@cambium/kernel/personal-data/routes'
import { listNotices } from '@cambium/kernel/notifications/routes'
import { search } from '@cambium/kernel/search/routes'
import { changeSettings, showSettings } from '@cambium/kernel/settings/routes'
import { showWorth } from '@cambium/kernel/valuation/routes'
import { showBook } from '../routes/market-data.ts'
import { cancelAllOrders, cancelOrder, listOrders, placeOrder } from '../routes/orders.ts'
import {
  eventually,
  openBitcoinMarket,
  openSpotPlace,
  order,
  refusalOf,
  type SpotPlace,
  type Trader,
} from './spot-place.ts'

const limits = refusals('spotTest', { too_large: { status: 422, message: 'Too large for you.' } })

describe('spot at the kernel’s extension points', function () {
  this.timeout(60_000)
  let place: SpotPlace
  let ada: Trader
  let bob: Trader

  before(async () => {
    place = await openSpotPlace()
    await openBitcoinMarket(place)
    ada = await place.trader({ USDT: '1000000', BTC: '10' })
    bob = await place.trader({ USDT: '1000000', BTC: '10' })
  })
  after(() => place.kernel.stop())

  const notices = async ({ as }: Trader) => (await as.api(listNotices, {})).items

  it('tells the owner of a resting order once when it is filled, and a taker nothing', async () => {
    await place.call(placeOrder, order('sell 0.5 @ 60000'), ada)
    await place.call(placeOrder, order('buy 0.2 @ 60000'), bob)
    await place.call(placeOrder, order('buy 0.3 @ 60000'), bob)
    const [notice, ...more] = await eventually(
      () => notices(ada),
      (items) => items.length > 0,
    )
    assert.deepEqual(more, [])
    assert.equal(notice?.owner, 'spot')
    assert.equal(notice?.link, '/trade/BTC-USDT')
    assert.deepEqual(notice?.data, { base: 'BTC', notional: '30000', quantity: '0.5', quote: 'USDT' })
    await place.kernel.settled()
    assert.deepEqual(await notices(bob), [])
  })

  it('writes an order into its owner’s feed once, as far as it has traded', async () => {
    await place.kernel.settled()
    const feed = async ({ as }: Trader) => (await as.api(listActivity, { owner: 'spot' })).items
    const [sold, ...more] = await feed(ada)
    assert.deepEqual(more, [])
    assert.deepEqual([sold?.title, sold?.amount, sold?.state], ['activity.sold', '-0.5', 'done'])
    assert.deepEqual(
      (await feed(bob)).map(({ title, amount }) => [title, amount]),
      [
        ['activity.bought', '0.3'],
        ['activity.bought', '0.2'],
      ],
    )
    await place.call(placeOrder, order('sell 1 @ 60000'), ada)
    await place.call(placeOrder, order('buy 0.4 @ 60000'), bob)
    await eventually(
      () => feed(ada),
      ([newest]) => newest?.state === 'pending' && newest.amount === '-0.4',
    )
    await place.call(cancelAllOrders, {}, ada)
    const [ended] = await eventually(
      () => feed(ada),
      ([newest]) => newest?.state === 'done',
    )
    assert.equal(ended?.amount, '-0.4')
  })

  it('finds markets by their assets, and an order for its owner only', async () => {
    const look = async (text: string, { as }: Trader) => {
      const { groups } = await as.api(search, { text, app: 'portal' })
      return groups.filter(({ owner }) => owner === 'spot').flatMap(({ items }) => items)
    }
    const [market] = await look('btc', bob)
    assert.equal(market?.link, '/trade/BTC-USDT')
    const { id } = (await place.call(listOrders, {}, bob)).items[0] ?? { id: '' }
    assert.equal((await look(id, bob))[0]?.text, id)
    assert.deepEqual(await look(id, ada), [])
  })

  it('prices what users own by the last trade', async () => {
    const worth = await ada.as.api(showWorth, {})
    assert.equal(worth.items.find(({ assetId }) => assetId === 'BTC')?.price, '60000')
    const inBitcoin = await ada.as.api(showWorth, { quoteAssetId: 'BTC' })
    assert.match(inBitcoin.items.find(({ assetId }) => assetId === 'USDT')?.price ?? '', /^0\.00001666/)
  })

  it('asks filters before an order, and lets the engine see none that was refused', async () => {
    const { filters } = place.kernel.parts.points.modules
    const asked: unknown[] = []
    filters.publish('test', [{ point: orderAuthorize.name, id: 'test.size', order: 50 }], {
      'test.size': async (context: { quantity: string }) => {
        asked.push(context)
        if (context.quantity === '2') throw limits.too_large()
      },
    })
    assert.equal(await refusalOf(place.call(placeOrder, order('buy 2 @ 100'), ada)), 'spotTest.too_large')
    const { orderId } = await place.call(placeOrder, order('buy 1 @ 100'), ada)
    assert.deepEqual(asked[1], {
      userId: ada.as.id,
      marketId: 'BTC-USDT',
      action: 'place',
      side: 'buy',
      type: 'limit',
      quantity: '1',
      price: '100',
    })
    const { items } = await place.call(listOrders, { state: 'open' }, ada)
    assert.deepEqual(
      items.map(({ id }) => id),
      [orderId],
    )
    await place.call(cancelOrder, { orderId }, ada)
    filters.withdraw('test')
  })

  it('gives a user all orders and fills, and takes what they wrote out of them', async () => {
    const { as } = ada
    await place.call(placeOrder, { ...order('buy 1 @ 100'), clientOrderId: 'ring-me-at-home' }, ada)
    const { owners } = await as.api(exportAccount, {})
    assert.ok((owners.spot?.orders ?? []).length >= 3)
    assert.ok((owners.spot?.fills ?? []).length >= 2)
    const { done } = await place.call(eraseAccount, {
      userId: as.id,
      reason: 'Asked for',
      confirmation: as.email,
    })
    assert.ok(done.includes('spot'))
    const rows = await place.kernel.parts.database('spot_orders').where({ user_id: as.id })
    assert.ok(rows.length >= 3)
    assert.ok(rows.every((row) => row.client_order_id === row.id))
    await place.assertBalanced()
  })
})

describe('settings of spot', function () {
  this.timeout(60_000)

  it('reach the running demo maker without a reload', async () => {
    const place = await openSpotPlace({ isDemo: true })
    try {
      const book = (isRight: (bids: number, asks: number) => boolean) =>
        eventually(
          () => place.call(showBook, { marketId: 'BTC-USDT' }),
          ({ bids, asks }) => isRight(bids.length, asks.length),
        )
      await book((bids, asks) => bids > 4 && asks > 4)
      const { revision } = await place.call(showSettings, { pluginId: 'spot' })
      await place.call(changeSettings, { pluginId: 'spot', values: { demoMakerLevels: 4 }, revision })
      await book((bids, asks) => bids === 4 && asks === 4)
    } finally {
      await place.kernel.stop()
    }
  })
})
