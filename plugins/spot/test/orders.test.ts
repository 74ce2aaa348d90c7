import assert from 'node:assert/strict'
import { exchangeRefusals } from '@cambium/kernel/exchange/routes'
import { listBalances } from '../routes/balances.ts'
import {
  amendOrder,
  cancelAllOrders,
  cancelOrder,
  listOrders,
  placeOrder,
  reviewOrders,
  showOrder,
} from '../routes/orders.ts'
import { haltMarket, preOpenMarket, resumeMarket } from '../routes/markets.ts'
import { spotRefusals } from '../routes/refusals.ts'
import { listFills, reviewTrades } from '../routes/trades.ts'
import {
  eventually,
  openBitcoinMarket,
  openSpotPlace,
  order,
  refusalOf,
  type SpotPlace,
  type Trader,
} from './spot-place.ts'

describe('spot orders', function () {
  this.timeout(60_000)
  let place: SpotPlace
  let ada: Trader
  let ben: Trader

  before(async () => {
    place = await openSpotPlace()
    await openBitcoinMarket(place)
    ada = await place.trader({ USDT: '1000000', BTC: '10' })
    ben = await place.trader({ USDT: '1000000', BTC: '10' })
  })
  afterEach(async () => {
    await place.call(cancelAllOrders, {}, ada)
    await place.call(cancelAllOrders, {}, ben)
  })
  after(() => place.kernel.stop())

  it('rest in the list of open orders the moment they are answered', async () => {
    const placed = await place.call(placeOrder, order('buy 0.5 @ 50000'), ada)
    assert.equal(placed.status, 'open')
    const { items } = await place.call(listOrders, { state: 'open' }, ada)
    assert.equal(items[0]?.id, placed.orderId)
    assert.equal(items[0].leavesQuantity, '0.5')
    assert.equal(items[0].price, '50000')
  })

  it('hold what they would cost and give it back when canceled', async () => {
    const { orderId } = await place.call(placeOrder, order('buy 1 @ 50000'), ada)
    const held = async () =>
      (await place.call(listBalances, {}, ada)).items.find(({ assetId }) => assetId === 'USDT')?.held
    assert.equal(await held(), '50000')
    await place.call(cancelOrder, { orderId }, ada)
    assert.equal(await held(), '0')
    const { order: canceled } = await place.call(showOrder, { orderId }, ada)
    assert.equal(canceled.status, 'canceled')
  })

  it('trade, and show both parties their fill with its fee', async () => {
    const resting = await place.call(placeOrder, order('sell 0.3 @ 60000'), ben)
    const taken = await place.call(placeOrder, order('buy 0.1 @ 60000'), ada)
    assert.equal(taken.status, 'filled')
    assert.equal(taken.fills[0]?.fee, '0.0001')
    const { items: bought } = await place.call(listFills, {}, ada)
    assert.equal(bought[0]?.orderId, taken.orderId)

    const { items: fills } = await place.call(listFills, {}, ben)
    assert.equal(fills[0]?.orderId, resting.orderId)
    assert.equal(fills[0].role, 'maker')
    assert.deepEqual([fills[0].fee, fills[0].feeAssetId], ['6', 'USDT'])
    const { order: shown, fills: own } = await place.call(showOrder, { orderId: resting.orderId }, ben)
    assert.equal(shown.status, 'partiallyFilled')
    assert.equal(shown.filledNotional, '6000')
    assert.equal(own.length, 1)

    const { items: trades } = await place.call(reviewTrades, { userId: ada.as.id })
    const parties = [trades[0]?.takerUserId, trades[0]?.makerUserId]
    assert.deepEqual(parties, [ada.as.id, ben.as.id])
    assert.deepEqual([trades[0]?.takerFeeAssetId, trades[0]?.makerFeeAssetId], ['BTC', 'USDT'])
  })

  it('answer a repeated key with what the first call was answered, and place nothing', async () => {
    const idempotencyKey = 'the-same-key'
    const first = await place.call(placeOrder, order('buy 0.2 @ 40000'), { ...ada, idempotencyKey })
    const again = await place.call(placeOrder, order('buy 0.2 @ 40000'), { ...ada, idempotencyKey })
    assert.deepEqual(again, first)
    const { items } = await place.call(listOrders, { state: 'open' }, ada)
    assert.equal(items.length, 1)
  })

  it('are refused in the words of the rule they break', async () => {
    const refused = (text: string): Promise<string> => refusalOf(place.call(placeOrder, order(text), ada))
    assert.equal(await refused('buy 1 @ 50000.001'), exchangeRefusals.price_off_tick.code)
    assert.equal(await refused('buy 0.000001 @ 50000'), exchangeRefusals.quantity_off_lot.code)
    assert.equal(await refused('buy 0.00001 @ 50000'), exchangeRefusals.notional_below_min.code)
    assert.equal(await refused('buy 900 @ 50000'), exchangeRefusals.insufficient_funds.code)
    const elsewhere = place.call(placeOrder, { ...order('buy 1 @ 1'), marketId: 'DOGE-USDT' }, ada)
    assert.equal(await refusalOf(elsewhere), spotRefusals.market_not_found.code)
  })

  it('are refused while their market is halted, and may still be canceled', async () => {
    const { orderId } = await place.call(placeOrder, order('buy 0.1 @ 30000'), ada)
    await place.call(haltMarket, { marketId: 'BTC-USDT' })
    const refused = await refusalOf(place.call(placeOrder, order('buy 0.1 @ 30000'), ada))
    assert.equal(refused, exchangeRefusals.market_cancel_only.code)
    await place.call(cancelOrder, { orderId }, ada)
    await place.call(resumeMarket, { marketId: 'BTC-USDT' })
    assert.equal((await place.call(placeOrder, order('buy 0.1 @ 30000'), ada)).status, 'open')
  })

  it('stay as they are while their market is halted altogether', async () => {
    const { orderId } = await place.call(placeOrder, order('buy 0.1 @ 30000'), ada)
    await place.call(haltMarket, { marketId: 'BTC-USDT', state: 'halted' })
    const refused = await refusalOf(place.call(cancelOrder, { orderId }, ada))
    assert.equal(refused, exchangeRefusals.market_halted.code)
    await place.call(resumeMarket, { marketId: 'BTC-USDT' })
    await place.call(cancelOrder, { orderId }, ada)
  })

  it('are collected before a market opens, and trade at one price when it does', async () => {
    await place.call(cancelAllOrders, {}, ada)
    await place.call(preOpenMarket, { marketId: 'BTC-USDT' })
    const buy = await place.call(placeOrder, order('buy 0.1 @ 41000'), ada)
    const sell = await place.call(placeOrder, order('sell 0.1 @ 40000'), ben)
    assert.deepEqual([buy.status, sell.status], ['open', 'open'])
    const market = refusalOf(place.call(placeOrder, order('buy 0.1'), ada))
    assert.equal(await market, exchangeRefusals.market_pre_open.code)
    await place.call(resumeMarket, { marketId: 'BTC-USDT' })
    const [mine, theirs] = await eventually(
      async () => [
        await place.call(showOrder, { orderId: buy.orderId }, ada),
        await place.call(showOrder, { orderId: sell.orderId }, ben),
      ],
      (shown) => shown.every((one) => one.order.status === 'filled'),
    )
    assert.equal(mine?.fills[0]?.price, theirs?.fills[0]?.price)
    await place.assertBalanced()
  })

  it('are amended: less keeps the place, another price does not, and what is filled stays', async () => {
    const { orderId } = await place.call(placeOrder, order('buy 0.3 @ 30000'), ada)
    const key = { ...ada, idempotencyKey: 'amend-once' }
    const less = await place.call(amendOrder, { orderId, quantity: '0.2' }, key)
    assert.deepEqual([less.quantity, less.leavesQuantity, less.keepsPriority], ['0.2', '0.2', true])
    assert.deepEqual(await place.call(amendOrder, { orderId, quantity: '0.2' }, key), less)
    const moved = await place.call(amendOrder, { orderId, price: '30001' }, ada)
    assert.deepEqual([moved.price, moved.keepsPriority], ['30001', false])
    const shown = await place.call(showOrder, { orderId }, ada)
    assert.deepEqual([shown.order.price, shown.order.quantity, shown.order.status], ['30001', '0.2', 'open'])
    const another = place.call(amendOrder, { orderId, quantity: '0.1' }, key)
    assert.equal(await refusalOf(another), 'platform.idempotency_conflict')
    const strangers = place.call(amendOrder, { orderId, quantity: '0.1' }, ben)
    assert.equal(await refusalOf(strangers), spotRefusals.order_not_found.code)
    await place.call(cancelOrder, { orderId }, ada)
    await place.assertBalanced()
  })

  it('of somebody else are as if they were not there', async () => {
    const { orderId } = await place.call(placeOrder, order('buy 0.1 @ 30000'), ada)
    assert.equal(await refusalOf(place.call(showOrder, { orderId }, ben)), spotRefusals.order_not_found.code)
    assert.equal(
      await refusalOf(place.call(cancelOrder, { orderId }, ben)),
      spotRefusals.order_not_found.code,
    )
  })

  it('are canceled all at once, in one market or in all', async () => {
    for (const price of ['30000', '30001', '30002'])
      await place.call(placeOrder, order(`buy 0.1 @ ${price}`), ada)
    const { canceled } = await place.call(cancelAllOrders, { marketId: 'BTC-USDT' }, ada)
    assert.equal(canceled, 3)
    assert.deepEqual((await place.call(listOrders, { state: 'open' }, ada)).items, [])
  })

  it('page from newest to oldest without leaving one out', async () => {
    const dora = await place.trader({ USDT: '1000' })
    const placed: string[] = []
    for (let count = 0; count < 5; count++) {
      placed.unshift((await place.call(placeOrder, order('buy 0.001 @ 20000'), dora)).orderId)
    }
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await place.call(
        listOrders,
        { limit: 2, ...(cursor === undefined ? {} : { cursor }) },
        dora,
      )
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    } while (cursor !== undefined)
    assert.deepEqual(seen, placed)
    assert.equal(
      await refusalOf(place.call(listOrders, { cursor: 'x' }, dora)),
      spotRefusals.cursor_malformed.code,
    )
  })

  it('come out the same when they are projected again from the first event', async () => {
    const rows = async (): Promise<unknown> => {
      const orders = await place.call(reviewOrders, { limit: 500 })
      return { orders, trades: await place.call(reviewTrades, { limit: 500 }) }
    }
    await place.call(listOrders, {}, ada)
    const before = await rows()
    await place.disable()
    const { database } = place.kernel.parts
    for (const table of ['spot_orders', 'spot_fills', 'spot_checkpoints']) await database(table).delete()
    await place.kernel.enable('spot')
    await place.call(listOrders, {}, ada)
    await place.call(listOrders, {}, ben)
    assert.deepEqual(await rows(), before)
  })
})
