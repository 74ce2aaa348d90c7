import assert from 'node:assert/strict'
import { createTestKernel, type TestKernel } from '@cambium/kernel/testing'
import { listBalances } from '../routes/balances.ts'
import { createMarket } from '../routes/markets.ts'
import { cancelOrder, listOrders, placeOrder } from '../routes/orders.ts'
import { bitcoinMarket } from './markets.fixture.ts'
import { eventually, order, refusalOf } from './spot-place.ts'

describe('spot with an engine that is away', function () {
  this.timeout(120_000)
  let kernel: TestKernel
  const etherOrder = { ...order('buy 0.1 @ 2000'), marketId: 'ETH-USDT' }

  before(async () => {
    kernel = await createTestKernel({ plugins: ['spot'], engineShards: 'alts=ETH-*' })
    const { id: _id, revision: _revision, createdAt: _time, ...market } = bitcoinMarket
    await kernel.call(createMarket, market)
    await kernel.call(createMarket, { ...market, baseAssetId: 'ETH' })
  })
  after(() => kernel.stop())

  it('starts all the same, trades in the markets of the others, and in its own when it is back', async () => {
    await kernel.engine('alts').stop()
    await kernel.restart()
    const ada = await kernel.createUser({ spot: { USDT: '100000' } })
    const { orderId } = await kernel.call(placeOrder, order('buy 0.1 @ 30000'), { as: ada })
    const { items } = await kernel.call(listOrders, { state: 'open' }, { as: ada })
    assert.deepEqual(
      items.map(({ id }) => id),
      [orderId],
    )
    const balances = await kernel.call(listBalances, { marketId: 'BTC-USDT' }, { as: ada })
    assert.equal(balances.items[0]?.held, '3000')
    await kernel.call(cancelOrder, { orderId }, { as: ada })

    const away = refusalOf(kernel.call(placeOrder, etherOrder, { as: ada }))
    assert.equal(await away, 'exchange.engine_unavailable')
    await kernel.engine('alts').start()
    // Only its own shard's money counts there, and there is none: so it is answered again.
    await eventually(
      () => refusalOf(kernel.call(placeOrder, etherOrder, { as: ada })),
      (refusal) => refusal === 'exchange.insufficient_funds',
    )
  })
})
