import assert from 'node:assert/strict'
import {
  createTransfer,
  listBalances,
  listCandles,
  listMarkets,
  listTrades,
  listTransfers,
  showBook,
  showMarket,
} from '../routes.ts'
import { anonymous, openApi, user, type ApiPlace } from './api-place.ts'
import { btcUsdt, openExchangePlace, order, type ExchangePlace } from './exchange-place.ts'

describe('exchange routes', () => {
  let place: ExchangePlace
  let api: ApiPlace
  const alice = user('alice')
  before(async () => {
    place = await openExchangePlace()
    api = await openApi(place.database, { exchange: place.exchange.implementations })
    await place.fund('alice', { USDT: '1000' })
    await place.fund('bob', { BTC: '2' })
    const base = { marketId: 'BTC-USDT' }
    await place.exchange.place({ ...base, userId: 'bob', key: 'r1', ...order('sell 1@100') })
    await place.exchange.place({ ...base, userId: 'alice', key: 'r2', ...order('buy 0.25@100') })
  })
  after(async () => {
    await api.close()
    await place.close()
  })

  it('show markets, book, trades and candles to everybody, trades and candles right after the order', async () => {
    const as = { as: anonymous }
    assert.deepEqual((await api.call(listMarkets, {}, as)).items, [btcUsdt])
    assert.deepEqual(await api.call(showMarket, { marketId: 'BTC-USDT' }, as), btcUsdt)
    const { bids, asks } = await api.call(showBook, { marketId: 'BTC-USDT', limit: 5 }, as)
    assert.deepEqual({ bids, asks }, { bids: [], asks: [['100', '0.75']] })
    const { items: trades } = await api.call(listTrades, { marketId: 'BTC-USDT' }, as)
    assert.deepEqual(
      trades.map(({ price, quantity, takerSide }) => [price, quantity, takerSide]),
      [['100', '0.25', 'buy']],
    )
    const { items: candles } = await api.call(listCandles, { marketId: 'BTC-USDT', interval: '1d' }, as)
    assert.deepEqual(
      candles.map(({ close, volume, quoteVolume, trades: count }) => [close, volume, quoteVolume, count]),
      [['100', '0.25', '25', 1]],
    )
    for (const route of [showMarket, showBook] as const) {
      await assert.rejects(api.call(route, { marketId: 'NO-MARKET' }, as), {
        type: 'exchange.market_not_found',
      })
    }
  })

  it('show a user both wallets side by side, and nobody a stranger’s', async () => {
    const { items } = await api.call(listBalances, {}, { as: alice })
    const usdt = items.find(({ assetId }) => assetId === 'USDT')
    assert.deepEqual(usdt?.spot, { available: '975', held: '0' })
    assert.deepEqual(usdt?.funding, { available: '0', held: '0' })
    for (const route of [listBalances, listTransfers] as const) {
      await assert.rejects(api.call(route, {}, { as: anonymous }), { type: 'platform.sign_in_required' })
    }
  })

  it('move funds between the wallets once per key', async () => {
    const params = { assetId: 'USDT', amount: '75', from: 'spot', to: 'funding' } as const
    const first = await api.call(createTransfer, params, { as: alice, key: 'move-1' })
    assert.equal(first.state, 'done')
    assert.deepEqual(await api.call(createTransfer, params, { as: alice, key: 'move-1' }), first)
    const { items: transfers } = await api.call(listTransfers, {}, { as: alice })
    assert.deepEqual(
      transfers.filter(({ from }) => from === 'spot').map(({ id }) => id),
      [first.id],
    )
    const { items } = await api.call(listBalances, {}, { as: alice })
    assert.equal(items.find(({ assetId }) => assetId === 'USDT')?.funding.available, '75')
    const backwards = { ...params, from: 'funding' } as const
    await assert.rejects(api.call(createTransfer, backwards, { as: alice }), {
      type: 'exchange.wallets_must_be_different',
    })
    await assert.rejects(api.call(createTransfer, params, { as: anonymous }), {
      type: 'platform.sign_in_required',
    })
    await place.assertBalanced()
  })
})
