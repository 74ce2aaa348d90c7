import assert from 'node:assert/strict'
import { isolatePlugin, showHealth } from '@cambium/kernel/plugins/routes'
import { listBalances } from '../routes/balances.ts'
import { showBook } from '../routes/market-data.ts'
import { listMarkets } from '../routes/markets.ts'
import { cancelOrder, listOrders, placeOrder, showOrder } from '../routes/orders.ts'
import { listFills } from '../routes/trades.ts'
import {
  eventually,
  openBitcoinMarket,
  openSpotPlace,
  order,
  refusalOf,
  type SpotPlace,
  type Trader,
} from './spot-place.ts'

const tiers = ['inline', 'worker', 'process'] as const

for (const tier of tiers) {
  describe(`spot in the ${tier} tier`, function () {
    this.timeout(90_000)
    let place: SpotPlace
    let ada: Trader
    let ben: Trader

    before(async () => {
      place = await openSpotPlace()
      if (tier !== 'inline') {
        const operation = await place.kernel.call(isolatePlugin, { pluginId: 'spot', tier })
        assert.equal(operation.state, 'done', operation.reason ?? undefined)
      }
      await openBitcoinMarket(place)
      ada = await place.trader({ USDT: '1000000', BTC: '10' })
      ben = await place.trader({ USDT: '1000000', BTC: '10' })
    })
    after(() => place.kernel.stop())

    it('says where it runs', async () => {
      const health = await place.kernel.call(showHealth, { pluginId: 'spot' })
      assert.deepEqual([health.tier, health.state], [tier, 'serving'])
      assert.equal(health.heapBytes === null, tier === 'inline')
    })

    it('places, trades and shows both parties their fills', async () => {
      const resting = await place.call(placeOrder, order('sell 0.3 @ 60000'), ben)
      const { items: open } = await place.call(listOrders, { state: 'open' }, ben)
      assert.equal(open[0]?.id, resting.orderId)
      const taken = await place.call(placeOrder, order('buy 0.1 @ 60000'), ada)
      assert.equal(taken.status, 'filled')
      const { items: bought } = await place.call(listFills, {}, ada)
      assert.deepEqual([bought[0]?.orderId, bought[0]?.role], [taken.orderId, 'taker'])
      const { items: sold } = await place.call(listFills, {}, ben)
      assert.deepEqual([sold[0]?.orderId, sold[0]?.role], [resting.orderId, 'maker'])
      const { order: left } = await place.call(showOrder, { orderId: resting.orderId }, ben)
      assert.deepEqual([left.status, left.leavesQuantity], ['partiallyFilled', '0.2'])
      const book = await eventually(
        () => place.call(showBook, { marketId: left.marketId }, ada),
        ({ asks }) => asks[0]?.[1] === '0.2',
      )
      assert.equal(book.asks[0]?.[0], '60000')
      await place.call(cancelOrder, { orderId: resting.orderId }, ben)
      await place.assertBalanced()
    })

    it('refuses with the refusals of the engine and its own', async () => {
      const tooMuch = place.call(placeOrder, order('buy 1000 @ 60000'), ada)
      assert.equal(await refusalOf(tooMuch), 'exchange.insufficient_funds')
      const nobodys = place.call(cancelOrder, { orderId: 'none' }, ada)
      assert.equal(await refusalOf(nobodys), 'spot.order_not_found')
    })

    it('answers reads of the ledger and of its own tables', async () => {
      const { items } = await place.call(listBalances, {}, ada)
      assert.ok(items.some(({ assetId }) => assetId === 'BTC'))
      assert.equal((await place.call(listMarkets, {})).items.length, 1)
    })
  })
}
