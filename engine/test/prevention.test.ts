import assert from 'node:assert/strict'
import { funded, play } from './play.ts'
import { twins } from './twins.ts'

/** One account on both sides of the market, between two others. */
const own = `${funded}
  3 deposits 10000 USDT
  3 deposits 100 BTC
`

for (const create of twins) {
  describe(`self-trade prevention (${create().name})`, () => {
    it('does not concern orders of different owners', () => {
      play(
        create(),
        `${own}
        2 sells S1 1@100
        3 buys B1 1@100 stp expireTaker
          fill S1 1@100`,
      )
    })

    it('lets an account trade with itself when it is none', () => {
      play(
        create(),
        `${own}
        3 sells S1 1@100 stp expireTaker
        3 buys B1 1@100
          fill S1 1@100`,
      )
    })

    it('expires what is left of the taker', () => {
      play(
        create(),
        `${own}
        2 sells S1 1@99
        3 sells S2 1@100
        2 sells S3 1@100
        3 buys B1 3@100 stp expireTaker
          fill S1 1@99
          prevented S2 2 0
          expired B1 2 self_trade
        book sell S2 1@100, S3 1@100
        book buy
        3 has 9901 USDT held 0`,
      )
    })

    it('expires the maker and goes on', () => {
      play(
        create(),
        `${own}
        3 sells S1 2@99
        2 sells S2 1@100
        3 buys B1 3@100 stp expireMaker
          prevented S1 0 2
          expired S1 2 self_trade
          fill S2 1@100
        book buy B1 2@100
        3 has 101 BTC held 0`,
      )
    })

    it('expires both', () => {
      play(
        create(),
        `${own}
        3 sells S1 2@99
        2 sells S2 1@100
        3 buys B1 3@100 stp expireBoth
          prevented S1 3 2
          expired S1 2 self_trade
          expired B1 3 self_trade
        book sell S2 1@100
        book buy`,
      )
    })

    it('takes the smaller quantity off both and goes on', () => {
      play(
        create(),
        `${own}
        3 sells S1 2@99
        2 sells S2 1@100
        3 sells S3 5@100
        3 buys B1 4@100 stp decrement
          prevented S1 2 2
          expired S1 0 self_trade
          fill S2 1@100
          prevented S3 1 1
          expired B1 0 self_trade
        book sell S3 4@100
        3 has 97 BTC held 4`,
      )
    })

    it('expires both when a decrement leaves nothing of either', () => {
      play(
        create(),
        `${own}
        3 sells S1 2@99
        3 buys B1 2@99 stp decrement
          prevented S1 2 2
          expired S1 0 self_trade
          expired B1 0 self_trade
        3 has 100 BTC held 0`,
      )
    })

    it('takes of an iceberg what it shows first, and leaves it in its place', () => {
      play(
        create(),
        `${own}
        3 sells S1 10@100 shows 4
        2 sells S2 1@100
        3 buys B1 3@100 stp decrement
          prevented S1 3 3
          expired B1 0 self_trade
        book sell S1 1/7@100, S2 1@100
        3 buys B2 2@100 stp decrement
          prevented S1 2 2
          expired B2 0 self_trade
        book sell S1 4/5@100, S2 1@100`,
      )
    })

    it('lets the mode of the market serve orders that name none', () => {
      play(
        create(),
        `${own}
        3 sells S1 1@100
        3 buys B1 1@100
          prevented S1 0 1
          expired S1 1 self_trade
        3 sells S2 1@100 stp none
          fill B1 1@100`,
        { selfTradePrevention: 'expireMaker' },
      )
    })

    it('refuses a mode that the market does not allow', () => {
      play(
        create(),
        `${own}
        3 buys B1 1@100 stp none
          rejected self_trade_prevention_not_allowed
        3 buys B2 1@100 stp expireBoth
          rejected self_trade_prevention_not_allowed
        3 buys B3 1@100 stp expireTaker
        3 buys B4 1@100
        book buy B3 1@100, B4 1@100`,
        { selfTradePrevention: 'expireMaker', selfTradePreventions: ['expireTaker', 'expireMaker'] },
      )
    })

    it('takes accounts of one trade group for one owner', () => {
      play(
        create(),
        `${own}
        2 sets tradeGroup 7
        3 sets tradeGroup 7
        2 sells S1 1@100
        3 buys B1 1@100 stp expireTaker
          prevented S1 1 0
          expired B1 1 self_trade
        3 sets tradeGroup 0
        3 buys B2 1@100 stp expireTaker
          fill S1 1@100`,
      )
    })

    it('does not count own orders for one that must be filled at once', () => {
      play(
        create(),
        `${own}
        3 sells S1 1@99
        2 sells S2 1@100
        3 buys B1 2@100 FOK stp expireMaker
          expired B1 2 fill_or_kill
        book sell S1 1@99, S2 1@100
        3 buys B2 1@100 FOK stp expireMaker
          prevented S1 0 1
          expired S1 1 self_trade
          fill S2 1@100`,
      )
    })

    it('kills a FOK order that would meet an own order it may not pass', () => {
      play(
        create(),
        `${own}
        2 sells S1 1@99
        3 sells S2 1@99.5
        2 sells S3 1@100
        3 buys B1 2@100 FOK stp expireTaker
          expired B1 2 fill_or_kill
        3 buys B2 2@100 FOK stp decrement
          expired B2 2 fill_or_kill
        3 buys B3 1@100 FOK stp expireBoth
          fill S1 1@99`,
      )
    })

    it('asks of a market buy only what it would pay others', () => {
      play(
        create(),
        `${own}
        4 deposits 100 USDT
        4 deposits 1 BTC
        4 sells S1 1@99
        2 sells S2 1@100
        4 buys B1 1@market stp none
          fill S1 1@99
        4 has 100 USDT held 0
        4 sells S3 1@99
        4 buys B2 1@market stp expireMaker
          prevented S3 0 1
          expired S3 1 self_trade
          fill S2 1@100
        4 has 0 USDT held 0`,
      )
    })

    it('keeps quantity = filled + prevented + leaves', () => {
      const twin = create()
      play(
        twin,
        `${own}
        3 sells S1 10@100
        1 buys B1 2@100
          fill S1 2@100
        3 buys B2 3@100 stp decrement
          prevented S1 3 3
          expired B2 0 self_trade`,
      )
      const [order] = twin.dump().orders
      assert.deepEqual([order?.quantity, order?.prevented, order?.leaves], ['10', '3', '5'])
    })

    it('ends a list by the expiry of one of its orders', () => {
      play(
        create(),
        `${own}
        3 lists L1 oco: sells A 1@110 | sells B 1@stop 90
        3 buys B1 1@110 stp expireMaker
          prevented A 0 1
          expired A 1 self_trade
          canceled B 1 list
          list L1 done`,
      )
    })
  })
}
