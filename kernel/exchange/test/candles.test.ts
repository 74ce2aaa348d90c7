import assert from 'node:assert/strict'
import fc from 'fast-check'
import { candlesOf, foldTrade, intervalMs } from '../candles.ts'
import { formatDecimal, parseDecimal } from '../decimals.ts'
import { candleIntervals, type Candle } from '../exchange.ts'
import { openExchangePlace, order, type ExchangePlace } from './exchange-place.ts'

const tradeArbitrary = fc.record({
  price: fc.integer({ min: 1, max: 10_000_000 }).map((ticks) => formatDecimal(BigInt(ticks) * 10n ** 16n)),
  quantity: fc.integer({ min: 1, max: 10_000_000 }).map((lots) => formatDecimal(BigInt(lots) * 10n ** 13n)),
  time: fc.integer({ min: 0, max: 3 * 86_400_000 }),
})

describe('candle', () => {
  it('is the same folded trade by trade, in batches, or all at once', () => {
    fc.assert(
      fc.property(
        fc.array(tradeArbitrary),
        fc.nat(),
        fc.constantFrom(...candleIntervals),
        (trades, cut, interval) => {
          const kept = new Map<number, Candle>()
          for (const batch of [trades.slice(0, cut % 50), trades.slice(cut % 50)]) {
            for (const trade of batch) {
              const openTime = trade.time - (trade.time % intervalMs[interval])
              kept.set(openTime, foldTrade(kept.get(openTime), trade, interval))
            }
          }
          const folded = [...kept.values()].sort((left, right) => left.openTime - right.openTime)
          assert.deepEqual(candlesOf(trades, interval), folded)
        },
      ),
    )
  })

  it('has the volume, the count and the price range of its trades', () => {
    fc.assert(
      fc.property(fc.array(tradeArbitrary, { minLength: 1 }), (trades) => {
        const candles = candlesOf(trades, '1d')
        const volume = candles.reduce((sum, candle) => sum + parseDecimal(candle.volume), 0n)
        assert.equal(
          volume,
          trades.reduce((sum, trade) => sum + parseDecimal(trade.quantity), 0n),
        )
        assert.equal(
          candles.reduce((sum, candle) => sum + candle.trades, 0),
          trades.length,
        )
        for (const { low, high, open, close } of candles) {
          const [least, most] = [parseDecimal(low), parseDecimal(high)]
          for (const price of [open, close])
            assert.ok(parseDecimal(price) >= least && parseDecimal(price) <= most)
        }
      }),
    )
  })

  describe('of a market', () => {
    let place: ExchangePlace
    before(async () => {
      place = await openExchangePlace()
      await place.exchange.houseAccount('candle-maker', { BTC: '100', USDT: '1000000' })
      await place.fund('taker', { BTC: '100', USDT: '1000000' })
    })
    after(() => place.close())

    it('follows the times orders carry and is recomputed from trades identically', async () => {
      const { exchange } = place
      const start = Date.UTC(2024, 7, 8)
      const house = exchange.implementations.find(
        ({ route }) => route['action'] === 'exchange.houseOrders.submit',
      )
      assert.ok(house)
      const times = [0, 30_000, 59_999, 60_000, 61_000, 3_600_000, 90_000_000]
      const operations = times.flatMap((offset, index) => {
        const terms = {
          account: 'candle-maker',
          op: 'place',
          type: 'limit',
          price: `${60000 + index * 3}.5`,
          quantity: '0.001',
          time: start + offset,
        }
        return [
          { ...terms, side: 'sell' },
          { ...terms, side: 'buy', timeInForce: 'IOC' },
        ]
      })
      const submit = house.handler as unknown as (
        call: object,
      ) => Promise<{ outcomes: { trades: object[] }[] }>
      const params = { marketId: 'BTC-USDT', operations }
      const { outcomes } = await submit({ params, principal: { kind: 'system' }, idempotencyKey: 'candles' })
      assert.equal(outcomes.flatMap(({ trades }) => trades).length, times.length)
      await exchange.place({
        userId: 'taker',
        marketId: 'BTC-USDT',
        key: 'late',
        ...order('buy 0.001@60000'),
      })

      const minutes = await exchange.candles({ marketId: 'BTC-USDT', interval: '1m', limit: 100 })
      assert.deepEqual(
        minutes.map(({ openTime, open, close, volume, trades }) => [
          openTime - start,
          open,
          close,
          volume,
          trades,
        ]),
        [
          [0, '60000.5', '60006.5', '0.003', 3],
          [60_000, '60009.5', '60012.5', '0.002', 2],
          [3_600_000, '60015.5', '60015.5', '0.001', 1],
          [90_000_000, '60018.5', '60018.5', '0.001', 1],
        ],
      )
      const rows = () => place.database('exchange_candles').select().orderBy(['interval', 'open_time'])
      const before = await rows()
      assert.equal(
        new Set(before.map((row: { interval: string }) => row.interval)).size,
        candleIntervals.length,
      )
      await place.database('exchange_candles').where({ interval: '1m' }).update({ high: 1, volume: 1 })
      await exchange.recomputeCandles('BTC-USDT')
      assert.deepEqual(await rows(), before)
      const recent = await exchange.trades({ marketId: 'BTC-USDT', limit: 2 })
      assert.deepEqual(
        recent.map(({ price, time }) => [price, time - start]),
        [
          ['60018.5', 90_000_000],
          ['60015.5', 3_600_000],
        ],
      )
    })
  })
})
