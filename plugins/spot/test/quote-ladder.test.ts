import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compareDecimals, isMultiple } from '@cambium/kernel/money'
import {
  quoteLadder,
  requote,
  skewPpmFor,
  type LadderRequest,
  type RestingQuote,
} from '../server/quote-ladder.ts'
import { bitcoinMarket } from './markets.fixture.ts'

const request: LadderRequest = {
  market: bitcoinMarket,
  reference: '61837',
  levels: 15,
  spreadPpm: 200,
  stepPpm: 200,
  levelNotional: '6000',
  skewPpm: 0,
}

function prices(side: 'buy' | 'sell', quotes: readonly { side: string; price: string }[]): string[] {
  return quotes.filter((quote) => quote.side === side).map((quote) => quote.price)
}

describe('quote ladder', () => {
  it('quotes its levels on both sides, the spread apart, larger further out', () => {
    const quotes = quoteLadder(request)
    assert.equal(quotes.length, 30)
    assert.equal(prices('buy', quotes)[0], '61830.81')
    assert.equal(prices('sell', quotes)[0], '61843.19')
    const buys = quotes.filter((quote) => quote.side === 'buy')
    assert.ok(compareDecimals(buys[14]?.quantity ?? '0', buys[0]?.quantity ?? '0') > 0)
  })

  it('keeps its levels apart where the steps are finer than a tick', () => {
    const quotes = quoteLadder({ ...request, reference: '1', stepPpm: 1, levelNotional: '50', levels: 5 })
    assert.deepEqual(prices('buy', quotes), ['0.99', '0.98', '0.97', '0.96', '0.95'])
    assert.deepEqual(prices('sell', quotes), ['1.01', '1.02', '1.03', '1.04', '1.05'])
  })

  it('never lets its own sides meet, whatever it is asked for', () => {
    const requests = fc.record({
      levels: fc.integer({ min: 1, max: 20 }),
      spreadPpm: fc.integer({ min: 10, max: 50_000 }),
      stepPpm: fc.integer({ min: 1, max: 10_000 }),
      skewPpm: fc.integer({ min: -50_000, max: 50_000 }),
      reference: fc.constantFrom('0.05', '1', '61837', '123456.78'),
    })
    fc.assert(
      fc.property(requests, (change) => {
        const quotes = quoteLadder({ ...request, ...change })
        for (const { price, quantity } of quotes) {
          assert.ok(isMultiple(price, bitcoinMarket.tickSize))
          assert.ok(isMultiple(quantity, bitcoinMarket.lotSize))
        }
        for (const bid of prices('buy', quotes)) {
          for (const ask of prices('sell', quotes)) assert.ok(compareDecimals(bid, ask) < 0)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('moves down when the maker holds too much, up when too little, and not for a small trade', () => {
    assert.equal(skewPpmFor('120', '60', 2000, 200), -2000)
    assert.equal(skewPpmFor('0', '60', 2000, 200), 2000)
    assert.equal(skewPpmFor('60.5', '60', 2000, 200), 0)
    assert.equal(skewPpmFor('600', '60', 2000, 200), -2000)
  })
})

describe('requoting', () => {
  const resting: RestingQuote = { orderId: 'a', side: 'buy', price: '100', quantity: '2' }

  it('leaves a quote that is right alone', () => {
    const wanted = [{ side: 'buy', price: '100', quantity: '2' }] as const
    assert.deepEqual(requote([resting], wanted), { cancel: [], place: [] })
  })

  it('keeps a quote of which half is left and renews one of which less is', () => {
    const wanted = [{ side: 'buy', price: '100', quantity: '4' }] as const
    assert.equal(requote([resting], wanted).cancel.length, 0)
    const little = { ...resting, quantity: '1.9' }
    assert.deepEqual(requote([little], wanted), { cancel: [little], place: wanted })
  })

  it('cancels what is not wanted and the second of two alike', () => {
    const twin = { ...resting, orderId: 'b' }
    const stray = { ...resting, orderId: 'c', price: '99' }
    const wanted = [{ side: 'buy', price: '100', quantity: '2' }] as const
    assert.deepEqual(requote([resting, twin, stray], wanted), { cancel: [twin, stray], place: [] })
  })
})
