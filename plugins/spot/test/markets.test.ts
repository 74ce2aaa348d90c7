import assert from 'node:assert/strict'
import { exchangeRefusals } from '@cambium/kernel/exchange/routes'
import { listCandles, listTickers, showBook } from '../routes/market-data.ts'
import {
  createMarket,
  haltMarket,
  listMarketActivity,
  listMarketAssets,
  listMarkets,
  showMarket,
  updateMarket,
} from '../routes/markets.ts'
import { placeOrder } from '../routes/orders.ts'
import { spotRefusals } from '../routes/refusals.ts'
import { listTrades } from '../routes/trades.ts'
import { bitcoinMarket } from './markets.fixture.ts'
import {
  eventually,
  openBitcoinMarket,
  openSpotPlace,
  order,
  refusalOf,
  type SpotPlace,
  type Trader,
} from './spot-place.ts'

describe('spot markets', function () {
  this.timeout(60_000)
  let place: SpotPlace
  let ada: Trader
  let ben: Trader

  before(async () => {
    place = await openSpotPlace()
    await openBitcoinMarket(place)
    ada = await place.trader({ USDT: '100000', BTC: '2' })
    ben = await place.trader({ USDT: '100000', BTC: '2' })
  })
  after(() => place.kernel.stop())

  const { id: _id, revision: _revision, createdAt: _time, ...draft } = bitcoinMarket

  it('are there for everybody as soon as they are created', async () => {
    const created = await place.call(createMarket, { ...draft, baseAssetId: 'ETH', lotSize: '0.0001' })
    assert.equal(created.id, 'ETH-USDT')
    const { items } = await place.call(listMarkets, {})
    assert.deepEqual(items.map(({ id }) => id).sort(), ['BTC-USDT', 'ETH-USDT'])
  })

  it('start halted unless the operator says otherwise', async () => {
    const { state: _state, ...silent } = { ...draft, baseAssetId: 'ETH', quoteAssetId: 'BTC' }
    const market = await place.call(createMarket, {
      ...silent,
      tickSize: '0.00001',
      lotSize: '0.001',
      notionalMin: '0.0001',
    })
    assert.equal(market.state, 'halted')
  })

  it('are refused twice, between one asset, with an unknown one, and in steps finer than the assets trade', async () => {
    const refused = (change: object): Promise<string> =>
      refusalOf(place.call(createMarket, { ...draft, ...change }))
    assert.equal(await refused({}), spotRefusals.market_already_exists.code)
    assert.equal(await refused({ quoteAssetId: 'BTC' }), exchangeRefusals.assets_must_be_different.code)
    assert.equal(await refused({ baseAssetId: 'DOGE' }), exchangeRefusals.asset_not_found.code)
    const fine = { baseAssetId: 'USDT', quoteAssetId: 'BTC', tickSize: '0.00000001', lotSize: '0.1' }
    assert.equal(await refused(fine), exchangeRefusals.scale_too_small.code)
    assert.equal(
      (await place.call(listMarkets, {})).items.some(({ id }) => id === 'USDT-BTC'),
      false,
    )
  })

  it('refuse a change of what another operator has changed meanwhile, and bring what is there', async () => {
    const read = await place.call(showMarket, { marketId: 'BTC-USDT' })
    const { id: marketId, revision } = read
    const first = await place.call(updateMarket, { marketId, sortOrder: 77, revision })
    assert.equal(first.revision, revision + 1)
    await assert.rejects(place.call(updateMarket, { marketId, sortOrder: 78, revision }), (error: Error) => {
      const { type, data } = error as Error & { type: string; data: { current: { sortOrder: number } } }
      assert.deepEqual([type, data.current.sortOrder], ['spot.changed_meanwhile', 77])
      return true
    })
    const { sortOrder } = read
    await place.call(updateMarket, { marketId, sortOrder, revision: revision + 1 })
  })

  it('change their fees for the orders that come', async () => {
    await place.call(updateMarket, { marketId: 'BTC-USDT', takerFeePpm: 2000 })
    await place.call(placeOrder, order('sell 0.1 @ 60000'), ben)
    const { fills } = await place.call(placeOrder, order('buy 0.1 @ 60000'), ada)
    assert.equal(fills[0]?.fee, '0.0002')
    assert.equal((await place.call(showMarket, { marketId: 'BTC-USDT' })).makerFeePpm, 1000)
  })

  it('show their book, trades, candles and ticker', async () => {
    await place.call(placeOrder, order('sell 0.2 @ 61000'), ben)
    const book = await place.call(showBook, { marketId: 'BTC-USDT' })
    assert.deepEqual(book.asks, [['61000', '0.2']])
    await place.call(placeOrder, order('buy 0.05'), ada)

    const marketId = 'BTC-USDT'
    const { items: trades } = await eventually(
      () => place.call(listTrades, { marketId }),
      ({ items }) => items[0]?.price === '61000',
    )
    assert.equal(trades[0]?.takerSide, 'buy')
    const { items: candles } = await place.call(listCandles, { marketId, interval: '1d' })
    assert.equal(candles.at(-1)?.close, '61000')
    const tickers = await eventually(
      () => place.call(listTickers, {}),
      ({ items }) => items.some(({ last }) => last === '61000'),
    )
    const ticker = tickers.items.find((one) => one.marketId === marketId)
    assert.equal(ticker?.change, '1000')
    assert.equal(ticker.changePpm, 16_666)
    assert.equal(ticker.volume, '0.15')
  })

  it('tell the operator how many orders are open, and what they could be opened in', async () => {
    await place.call(placeOrder, order('buy 0.1 @ 10000'), ada)
    const open = await eventually(
      async () => (await place.call(listMarketActivity, {})).items.find((one) => one.marketId === 'BTC-USDT'),
      (activity) => activity?.openOrders === 2,
    )
    assert.equal(open?.openOrders, 2)
    const { items } = await place.call(listMarketAssets, {})
    assert.deepEqual(items.map(({ id }) => id).sort(), ['BTC', 'ETH', 'USDT'])
  })

  it('that are unknown are refused everywhere by one name', async () => {
    const marketId = 'DOGE-USDT'
    const calls = [
      () => place.call(showMarket, { marketId }),
      () => place.call(showBook, { marketId }),
      () => place.call(listTrades, { marketId }),
      () => place.call(listCandles, { marketId, interval: '1m' }),
      () => place.call(haltMarket, { marketId }),
      () => place.call(updateMarket, { marketId, sortOrder: 1 }),
    ]
    for (const call of calls) assert.equal(await refusalOf(call()), spotRefusals.market_not_found.code)
  })

  it('are refused to users who may not manage them', async () => {
    const refused = await refusalOf(place.call(haltMarket, { marketId: 'BTC-USDT' }, ada))
    assert.equal(refused, 'platform.permission_missing')
  })

  it('outlive a reload of the plugin with their orders', async () => {
    await place.reload()
    const book = await place.call(showBook, { marketId: 'BTC-USDT' })
    assert.deepEqual(book.bids, [['10000', '0.1']])
  })
})
