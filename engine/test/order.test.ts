import assert from 'node:assert/strict'
import { funded, play } from './play.ts'
import { twins } from './twins.ts'

for (const create of twins) {
  describe(`order book (${create().name})`, () => {
    it('trades at the maker price, best price first, then oldest first', () => {
      play(
        create(),
        `${funded}
        2 sells S1 5@101
        2 sells S2 5@100
        2 sells S3 5@100
        1 buys B1 12@101     # takes both 100s before the 101
          fill S2 5@100
          fill S3 5@100
          fill S1 2@101
        book sell S1 3@101
        1 has 98798 USDT held 0`,
      )
    })

    it('rests what a limit order could not trade', () => {
      play(
        create(),
        `${funded}
        2 sells S1 1@100
        1 buys B1 3@100.5
          fill S1 1@100
        book buy B1 2@100.5
        1 has 99699 USDT held 201`,
      )
    })

    it('gives a buyer the difference when it meets a better price than its limit', () => {
      play(
        create(),
        `${funded}
        2 sells S1 1@90
        1 buys B1 1@100
          fill S1 1@90
        1 has 99910 USDT held 0`,
      )
    })

    it('keeps the place in the queue of an order that traded in part', () => {
      play(
        create(),
        `${funded}
        2 sells S1 2@100
        2 sells S2 2@100
        1 buys B1 1@100
          fill S1 1@100
        1 buys B2 2@100
          fill S1 1@100
          fill S2 1@100`,
      )
    })

    it('finds the next price after a level far from it has emptied', () => {
      play(
        create(),
        `${funded}
        2 sells S1 0.01@0.01
        2 sells S2 0.01@10.24
        2 sells S3 0.01@10485.76
        2 sells S4 0.01@10737418.23
        2 cancels S2
          canceled S2 0.01
        1 buys B1 0.02@20000
          fill S1 0.01@0.01
          fill S3 0.01@10485.76
        book sell S4 0.01@10737418.23`,
      )
    })

    it('lets an account trade with itself and loses nothing by it', () => {
      play(
        create(),
        `${funded}
        1 deposits 5 BTC
        1 sells S1 1@100
        1 buys B1 1@100
          fill S1 1@100
        1 has 99999.9 USDT held 0
        1 has 4.999 BTC held 0`,
        { makerFeePpm: 1000, takerFeePpm: 1000 },
      )
    })
  })

  describe(`time in force (${create().name})`, () => {
    it('expires what an IOC order could not trade at once', () => {
      play(
        create(),
        `${funded}
        2 sells S1 1@100
        1 buys B1 3@100 IOC
          fill S1 1@100
          expired B1 2 immediate_or_cancel
        book buy
        1 has 99900 USDT held 0`,
      )
    })

    it('fills a FOK order whole or not at all', () => {
      play(
        create(),
        `${funded}
        2 sells S1 1@100
        2 sells S2 1@101
        1 buys B1 2@100 FOK
          expired B1 2 fill_or_kill
        1 buys B2 2@101 FOK
          fill S1 1@100
          fill S2 1@101`,
      )
    })

    it('refuses a post-only order that would trade, and rests one that would not', () => {
      play(
        create(),
        `${funded}
        2 sells S1 1@100
        1 buys B1 1@100 post
          rejected would_match
        1 buys B2 1@99.99 post
        book buy B2 1@99.99
        1 buys B3 1@99.99 post IOC
          rejected post_only_must_be_gtc`,
      )
    })

    it('expires what a market order found no liquidity for', () => {
      play(
        create(),
        `${funded}
        2 sells S1 1@100
        2 sells S2 1@200
        1 buys B1 3@market
          fill S1 1@100
          fill S2 1@200
          expired B1 1 no_liquidity
        2 sells S3 1@market
          expired S3 1 no_liquidity`,
      )
    })
  })

  describe(`quote quantity (${create().name})`, () => {
    it('spends as much as whole lots allow, and no more', () => {
      play(
        create(),
        `${funded}
        2 sells S1 1@99.99
        2 sells S2 5@150
        1 buys B1 spending 250
          fill S1 1@99.99
          fill S2 1@150
          expired B1 0 quote_spent
        1 has 99750.01 USDT held 0
        1 has 2 BTC held 0`,
      )
    })

    it('is filled when it is spent to the last unit', () => {
      play(
        create(),
        `${funded}
        2 sells S1 2@100
        1 buys B1 spending 150
          fill S1 1.5@100
        1 has 99850 USDT held 0`,
      )
    })

    it('is received by a sell in the same way', () => {
      play(
        create(),
        `${funded}
        1 buys B1 1@100
        1 buys B2 1@90
        2 sells S1 receiving 145.5
          fill B1 1@100
          fill B2 0.5@90
          expired S1 0 quote_spent
        2 has 145 USDT held 0
        2 has 998.5 BTC held 0`,
      )
    })

    it('expires with an empty book, or one too dear for a lot', () => {
      play(
        create(),
        `${funded}
        1 buys B1 spending 100
          expired B1 0 no_liquidity
        2 sells S1 1@100
        1 buys B2 spending 0.99
          expired B2 0 quote_spent
        1 buys B3 spending 150
          fill S1 1@100
          expired B3 0 no_liquidity`,
      )
    })

    it('must be there to be spent, as must what a sell would sell for it', () => {
      play(
        create(),
        `${funded}
        3 deposits 99 USDT
        3 deposits 1 BTC
        1 buys B1 5@50
        3 buys B2 spending 99.01
          rejected insufficient_funds
        3 sells S1 receiving 51
          rejected insufficient_funds
        3 sells S2 receiving 50
          fill B1 1@50`,
      )
    })

    it('is a positive amount of whole units', () => {
      play(
        create(),
        `${funded}
        1 buys B1 spending 0
          rejected amount_must_be_positive
        1 buys B2 spending 0.000000001
          rejected amount_off_scale
        1 buys B3 spending 90071992.54740992
          rejected overflow`,
      )
    })
  })

  describe(`risk check (${create().name})`, () => {
    it('refuses an order that the available balance cannot pay', () => {
      play(
        create(),
        `
        1 deposits 100 USDT
        1 buys B1 1@60
        1 buys B2 1@60
          rejected insufficient_funds
        1 has 40 USDT held 60
        1 sells S1 1@60
          rejected insufficient_funds`,
      )
    })

    it('refuses a market buy whole when the balance is below what it would sweep', () => {
      play(
        create(),
        `
        1 deposits 150 USDT
        2 deposits 2 BTC
        2 sells S1 1@100
        2 sells S2 1@100
        1 buys B1 2@market
          rejected insufficient_funds
        1 buys B2 1@market
          fill S1 1@100`,
      )
    })

    it('gives back what an order held when it is canceled', () => {
      play(
        create(),
        `${funded}
        1 buys B1 3@100
        2 sells S1 1@100
          fill B1 1@100
        1 cancels B1
          canceled B1 2
        1 has 99900 USDT held 0
        1 cancels B1
          rejected order_not_found`,
      )
    })

    it('lets an account withdraw what is available and not what is held', () => {
      play(
        create(),
        `
        1 deposits 100 USDT
        1 buys B1 1@60
        1 withdraws 41 USDT
          rejected insufficient_funds
        1 withdraws 40 USDT
        1 has 0 USDT held 60`,
      )
    })

    it('refuses a deposit that would take an asset to 2^53 units', () => {
      play(
        create(),
        `
        1 deposits 90071992.54740991 USDT
        2 deposits 0.00000001 USDT
          rejected overflow
        2 deposits 0.000000001 USDT
          rejected amount_off_scale`,
      )
    })
  })

  describe(`fee (${create().name})`, () => {
    it('is taken from the asset received, rounded up, and collected in account 0', () => {
      play(
        create(),
        `${funded}
        2 sells S1 0.01@0.03
        1 buys B1 0.01@0.03
          fill S1 0.01@0.03
        1 has 0.00999999 BTC held 0
        2 has 0.00029999 USDT held 0
        0 has 0.00000001 BTC held 0
        0 has 0.00000001 USDT held 0`,
        { makerFeePpm: 1, takerFeePpm: 1 },
      )
    })
  })

  describe(`market rules (${create().name})`, () => {
    it('refuse prices, quantities and notionals that the market does not allow', () => {
      play(
        create(),
        `${funded}
        1 buys B1 1@100.001
          rejected price_off_tick
        1 buys B1 1@0
          rejected price_out_of_range
        1 buys B1 1@10737418.24
          rejected price_out_of_range
        1 buys B1 0.001@100
          rejected quantity_off_lot
        1 buys B1 0@100
          rejected quantity_out_of_range
        1 buys B1 0.01@100
          rejected notional_below_min
        1 buys B2 0.01@100 any
        1 buys B1 90000000@100
          rejected overflow`,
        { notionalMin: '10' },
      )
    })

    it('keep the sizes and assets of a market for life', () => {
      const twin = create()
      play(twin, '')
      const [refused] = play(twin, '', { tickSize: '0.1' })[0]!.events
      assert.equal(refused?.event === 'rejected' && refused.reason, 'market_must_match')
    })

    it('refuse a market whose price × quantity would not be exact in the quote scale', () => {
      const [refused] = play(create(), '', { tickSize: '0.00001', lotSize: '0.0001' })[0]!.events
      assert.equal(refused?.event === 'rejected' && refused.reason, 'scale_too_small')
    })
  })
}
