import assert from 'node:assert/strict'
import { funded, play } from './play.ts'
import { twins } from './twins.ts'

const fees = { makerFeePpm: 1000, takerFeePpm: 2000 }
/** Another market, so that there is a third asset to pay fees in. */
const withDiscountAsset = `${funded}
  1 deposits 10 BNB
  2 deposits 10 BNB
`

for (const create of twins) {
  describe(`fee tier (${create().name})`, () => {
    it('gives an account its rates as maker and as taker', () => {
      play(
        create(),
        `${funded}
        tier 1 maker 100 taker 200
        1 sets feeTier 1
        2 sells S1 1@100
        1 buys B1 1@100
          fill S1 1@100
        1 has 0.9998 BTC held 0
        2 has 99.9 USDT held 0
        1 sells S2 0.5@100
        2 buys B2 0.5@100
          fill S2 0.5@100
        1 has 99949.995 USDT held 0
        0 has 0.105 USDT held 0`,
        fees,
      )
    })

    it('has terms of its own in a market before the general ones, and the fees of the market without any', () => {
      play(
        create(),
        `${funded}
        1 sets feeTier 3
        2 sells S1 3@100
        1 buys B1 1@100
          fill S1 1@100
        1 has 0.998 BTC held 0
        tier 3 maker 0 taker 1000
        1 buys B2 1@100
          fill S1 1@100
        1 has 1.997 BTC held 0
        tier 3 in BTC-USDT maker 0 taker 500
        1 buys B3 1@100
          fill S1 1@100
        1 has 2.9965 BTC held 0`,
        fees,
      )
    })

    it('changes the rates of orders that rest already', () => {
      play(
        create(),
        `${funded}
        2 sells S1 2@100
        1 buys B1 1@100
          fill S1 1@100
        2 has 99.9 USDT held 0
        tier 1 maker 0 taker 0
        2 sets feeTier 1
        1 buys B2 1@100
          fill S1 1@100
        2 has 199.9 USDT held 0`,
        fees,
      )
    })

    it('is of a market that exists', () => {
      play(create(), 'tier 1 in NO-SUCH maker 1 taker 1\n rejected market_not_found')
    })
  })

  describe(`fee discount (${create().name})`, () => {
    it('lets an account that wants it pay in another asset, for less, rounded up', () => {
      play(
        create(),
        `${withDiscountAsset}
        discount USDT in BNB rate 0.003 less 250000
        2 sets discount true
        2 sells S1 0.01@33.33
        1 buys B1 0.01@33.33
          fill S1 0.01@33.33
        2 has 0.3333 USDT held 0      # its fee would be 0.0003333
        2 has 9.99999925 BNB held 0   # 0.0003333 × 0.003 × 0.75 is 0.000000749925
        0 has 0.00000075 BNB held 0
        0 has 0 USDT held 0`,
        fees,
      )
    })

    it('names the other asset in the trade', () => {
      const outcomes = play(
        create(),
        `${withDiscountAsset}
        discount USDT in BNB rate 1 less 0
        2 sets discount true
        2 sells S1 1@100
        1 buys B1 1@100
          fill S1 1@100`,
        fees,
      )
      const [, trade] = outcomes.at(-1)!.events
      assert.ok(trade?.event === 'trade')
      assert.deepEqual([trade.makerFee, trade.makerFeeAsset], ['0.1', 'BNB'])
      assert.deepEqual([trade.takerFee, trade.takerFeeAsset], ['0.002', undefined])
    })

    it('is left when the account has not enough, or has not asked for it', () => {
      play(
        create(),
        `${withDiscountAsset}
        discount USDT in BNB rate 101 less 0
        2 sells S1 2@100
        1 buys B1 1@100
          fill S1 1@100
        2 has 99.9 USDT held 0
        2 sets discount true
        1 buys B2 1@100
          fill S1 1@100
        2 has 199.8 USDT held 0
        2 has 10 BNB held 0`,
        fees,
      )
    })

    it('takes no funds that the order may need for its next trade', () => {
      play(
        create(),
        `
        1 deposits 200 USDT
        2 deposits 2 BTC
        discount BTC in USDT rate 100 less 0
        1 sets discount true
        2 sells S1 1@90
        2 sells S2 1@100
        1 buys B1 2@100
          fill S1 1@90
          fill S2 1@100
        1 has 10 USDT held 0
        1 has 1.996 BTC held 0`,
        fees,
      )
    })

    it('may be taken by a maker from what it has besides its hold', () => {
      play(
        create(),
        `
        1 deposits 200 USDT
        2 deposits 2 BTC
        discount BTC in USDT rate 100 less 0
        1 sets discount true
        1 buys B1 1@100
        2 sells S1 1@100
          fill B1 1@100
        1 has 99.9 USDT held 0
        1 has 1 BTC held 0`,
        fees,
      )
    })

    it('ends at rate 0', () => {
      play(
        create(),
        `${withDiscountAsset}
        discount USDT in BNB rate 1 less 0
        2 sets discount true
        discount USDT in BNB rate 0 less 0
        2 sells S1 1@100
        1 buys B1 1@100
          fill S1 1@100
        2 has 99.9 USDT held 0`,
        fees,
      )
    })

    it('is between two different assets that exist', () => {
      play(
        create(),
        `${funded}
        discount USDT in USDT rate 1 less 0
          rejected assets_must_be_different
        discount USDT in BNB rate 1 less 0
          rejected asset_not_found
        discount BNB in USDT rate 1 less 0
          rejected asset_not_found`,
      )
    })
  })
}
