import assert from 'node:assert/strict'
import { createReservation, releaseReservation } from '@cambium/kernel/exchange/routes'
import { compareDecimals } from '@cambium/kernel/money'
import { showBook, type Book } from '../routes/market-data.ts'
import { haltMarket, listMarketActivity, listMarkets, resumeMarket } from '../routes/markets.ts'
import { cancelAllOrders, placeOrder } from '../routes/orders.ts'
import { reviewTrades } from '../routes/trades.ts'
import { eventually, openSpotPlace, order, type SpotPlace, type Trader } from './spot-place.ts'

const marketId = 'BTC-USDT'
const levels = 15

describe('demo maker', function () {
  this.timeout(60_000)
  let place: SpotPlace
  let ada: Trader

  before(async () => {
    place = await openSpotPlace({ isDemo: true })
    ada = await place.trader({ USDT: '1000000', BTC: '10' })
  })
  after(() => place.kernel.stop())

  const bookWith = (isRight: (book: Book) => boolean): Promise<Book> =>
    eventually(() => place.call(showBook, { marketId }), isRight)
  const isFull = ({ bids, asks }: Book): boolean => bids.length === levels && asks.length === levels
  const isEmpty = ({ bids, asks }: Book): boolean => bids.length + asks.length === 0

  it('opens the demo markets and quotes both sides of each around its price', async () => {
    const { items } = await place.call(listMarkets, {})
    assert.deepEqual(
      items.map(({ id }) => id),
      ['BTC-USDT', 'ETH-USDT', 'ETH-BTC'],
    )
    const { bids, asks } = await bookWith(isFull)
    assert.equal(bids[0]?.[0], '61830.81')
    assert.equal(asks[0]?.[0], '61843.19')
    const activity = await eventually(
      async () => (await place.call(listMarketActivity, {})).items,
      (markets) => markets.every(({ openOrders }) => openOrders === 2 * levels),
    )
    assert.equal(activity.length, 3)
  })

  it('renews a quote that was taken, and moves away from who takes much', async () => {
    await place.call(placeOrder, order('buy 0.09'), ada)
    const renewed = await bookWith((book) => book.asks[0]?.[1] === '0.09701')
    assert.equal(renewed.asks[0]?.[0], '61843.19')
    await place.call(placeOrder, order('buy 8'), ada)
    const moved = await bookWith(
      (book) => isFull(book) && compareDecimals(book.bids[0]?.[0] ?? '0', '61830.81') > 0,
    )
    assert.ok(compareDecimals(moved.asks[0]?.[0] ?? '0', '61843.19') > 0)
  })

  it('takes its orders out of a reserved market and comes back when it is given back', async () => {
    const holder = 'test-replay'
    await place.call(createReservation, { marketId, holder, leaseMs: 60_000 })
    await bookWith(isEmpty)
    await place.call(releaseReservation, { marketId, holder })
    await bookWith(isFull)
  })

  it('stands aside where others quote as many levels, and comes back when they leave', async () => {
    for (let level = 0; level < levels; level += 1) {
      await place.call(placeOrder, order(`buy 0.001 @ ${59000 - level}`), ada)
      await place.call(placeOrder, order(`sell 0.001 @ ${65000 + level}`), ada)
    }
    const { bids, asks } = await bookWith(isFull)
    assert.deepEqual([bids[0]?.[0], asks[0]?.[0]], ['59000', '65000'])
    await place.call(cancelAllOrders, { marketId }, ada)
    await bookWith((book) => isFull(book) && compareDecimals(book.bids[0]?.[0] ?? '0', '60000') > 0)
  })

  it('takes its orders out of a halted market', async () => {
    await place.call(haltMarket, { marketId })
    await bookWith(isEmpty)
    await place.call(resumeMarket, { marketId })
    await bookWith(isFull)
  })

  it('finds its orders again after a reload and leaves no second ones', async () => {
    const before = await bookWith(isFull)
    await place.reload()
    assert.deepEqual((await bookWith(isFull)).bids, before.bids)
    // The list of orders follows the book.
    await eventually(
      async () => (await place.call(listMarketActivity, {})).items,
      (items) => items.find((one) => one.marketId === marketId)?.openOrders === 2 * levels,
    )
  })

  it('never trades with itself, and owes nobody', async () => {
    const { items } = await place.call(reviewTrades, { limit: 500 })
    assert.ok(items.length > 0)
    for (const { takerUserId, makerUserId } of items) assert.notEqual(takerUserId, makerUserId)
    await place.assertBalanced()
  })
})
