import assert from 'node:assert/strict'
import type { Candle } from '@cambium/kernel'
import { dayMs, mergeCandles, tickerOf } from '../server/ticker.ts'

const now = 100 * dayMs
const minute = 60_000

function candle(
  minutesAgo: number,
  [open, high, low, close]: readonly [string, string, string, string],
): Candle {
  return {
    openTime: now - minutesAgo * minute,
    open,
    high,
    low,
    close,
    volume: '0.5',
    quoteVolume: '50',
    trades: 2,
  }
}

describe('ticker', () => {
  it('compares the last price with the first of the day and sums what traded', () => {
    const ticker = tickerOf(
      'BTC-USDT',
      [candle(1000, ['100', '108', '99', '104']), candle(5, ['104', '106', '98', '105'])],
      now,
    )
    assert.equal(ticker.last, '105')
    assert.equal(ticker.change, '5')
    assert.equal(ticker.changePpm, 50_000)
    assert.equal(ticker.high, '108')
    assert.equal(ticker.low, '98')
    assert.equal(ticker.volume, '1')
    assert.equal(ticker.quoteVolume, '100')
    assert.equal(ticker.trades, 4)
    assert.deepEqual(ticker.sparkline, ['104', '105'])
  })

  it('keeps the last price of a market that was quiet for a day, and no other figure', () => {
    const ticker = tickerOf('BTC-USDT', [candle(2000, ['100', '108', '99', '104'])], now)
    assert.equal(ticker.last, '104')
    assert.equal(ticker.change, null)
    assert.equal(ticker.volume, '0')
  })

  it('is empty for a market that never traded', () => {
    assert.equal(tickerOf('BTC-USDT', [], now).last, null)
  })

  it('takes a candle that grew in place of its earlier self and forgets what is older than a day', () => {
    const stored = [
      candle(1500, ['1', '1', '1', '1']),
      candle(2, ['2', '2', '2', '2']),
      candle(1, ['3', '3', '3', '3']),
    ]
    const merged = mergeCandles(stored, [candle(1, ['3', '4', '3', '4'])], now)
    assert.deepEqual(
      merged.map((one) => one.close),
      ['2', '4'],
    )
  })
})
