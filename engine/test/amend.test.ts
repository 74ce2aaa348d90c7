import { funded, play } from './play.ts'
import { twins } from './twins.ts'

for (const create of twins) {
  describe(`amend (${create().name})`, () => {
    it('keeps the place of an order at the same price with a quantity not larger', () => {
      play(
        create(),
        `${funded}
        2 sells S1 5@100
        2 sells S2 5@100
        2 amends S1 3
          amended S1 3@100 leaves 3 in place
        2 amends S1 3@100
          amended S1 3@100 leaves 3 in place
        book sell S1 3@100, S2 5@100
        2 has 992 BTC held 8`,
      )
    })

    it('moves an order behind the others with a larger quantity or another price', () => {
      play(
        create(),
        `${funded}
        2 sells S1 5@100
        2 sells S2 5@100
        2 amends S1 6
          amended S1 6@100 leaves 6 moved
        book sell S2 5@100, S1 6@100
        2 amends S2 @101
          amended S2 5@101 leaves 5 moved
        2 amends S1 2@101
          amended S1 2@101 leaves 2 moved
        book sell S2 5@101, S1 2@101
        2 has 993 BTC held 7`,
      )
    })

    it('counts what is filled in the new quantity', () => {
      play(
        create(),
        `${funded}
        2 sells S1 5@100
        1 buys B1 2@100
          fill S1 2@100
        2 amends S1 2
          rejected quantity_below_filled
        2 amends S1 1
          rejected quantity_below_filled
        2 amends S1 2.01
          amended S1 2.01@100 leaves 0.01 in place
        book sell S1 0.01@100`,
      )
    })

    it('takes from the other side at its new price, with its old number', () => {
      play(
        create(),
        `${funded}
        2 sells S1 2@101
        1 buys B1 5@100
        1 amends B1 @101
          amended B1 5@101 leaves 5 moved
          fill S1 2@101
        book buy B1 3@101
        1 cancels no5
          canceled B1 3
        1 has 99798 USDT held 0`,
      )
    })

    it('holds or gives back the difference, and is refused without it', () => {
      play(
        create(),
        `
        1 deposits 100 USDT
        1 buys B1 1@60
        1 amends B1 2
          rejected insufficient_funds
        1 amends B1 1@100
          amended B1 1@100 leaves 1 moved
        1 has 0 USDT held 100
        1 amends B1 0.5@100
          amended B1 0.5@100 leaves 0.5 in place
        1 has 50 USDT held 50
        1 amends B1 2@50
          amended B1 2@50 leaves 2 moved
        1 has 0 USDT held 100`,
      )
    })

    it('keeps to the filters of the market', () => {
      play(
        create(),
        `${funded}
        1 buys B1 5@100
        1 amends B1 5@100.001
          rejected price_off_tick
        1 amends B1 5@0
          rejected price_out_of_range
        1 amends B1 @8
          rejected price_below_min
        1 amends B1 5.001
          rejected quantity_off_lot
        1 amends B1 0
          rejected quantity_out_of_range
        1 amends B1 11
          rejected quantity_above_max
        1 amends B1 0.1
          rejected notional_below_min
        1 buys B2 0.1@100 any
        1 amends B2 0.05
          amended B2 0.05@100 leaves 0.05 in place
        book buy B1 5@100, B2 0.05@100`,
        { priceMin: '9', quantityMax: '10', notionalMin: '20' },
      )
    })

    it('never lets a post-only order take', () => {
      play(
        create(),
        `${funded}
        2 sells S1 1@101
        1 buys B1 1@100 post
        1 amends B1 @101
          rejected would_match
        1 amends B1 @100.99
          amended B1 1@100.99 leaves 1 moved`,
      )
    })

    it('is for open orders outside lists', () => {
      play(
        create(),
        `${funded}
        1 amends B1 1
          rejected order_not_found
        1 buys T1 1@stop 105
        1 amends T1 0.5
          rejected order_not_amendable
        2 lists L1 oco: sells A 1@110 | sells B 1@stop 90
        2 amends A 0.5
          rejected order_not_amendable
        2 amends B 0.5
          rejected order_not_amendable
        1 lists L2 oto: buys W 1@80 | sells P 1@120
        1 amends W 0.5
          rejected order_not_amendable
        1 amends P 0.5
          rejected order_not_amendable`,
      )
    })

    it('keeps what an iceberg shows while it keeps its place, and shows a new part when it moves', () => {
      play(
        create(),
        `${funded}
        2 sells S1 10@100 shows 4
        1 buys B1 1@100
          fill S1 1@100
        2 amends S1 6
          amended S1 6@100 leaves 5 in place
        book sell S1 3/5@100
        2 amends S1 3
          rejected display_out_of_range
        2 amends S1 7
          amended S1 7@100 leaves 6 moved
        book sell S1 4/6@100`,
      )
    })

    it('sets off triggers by its trades', () => {
      play(
        create(),
        `${funded}
        2 sells S1 1@101
        2 sells S2 1@102
        1 buys T1 1@stop 101
        1 buys B1 1@100
        1 amends B1 @101
          amended B1 1@101 leaves 1 moved
          fill S1 1@101
          triggered T1 101
          fill S2 1@102`,
      )
    })
  })

  describe(`replace (${create().name})`, () => {
    it('cancels and places in one step, so that the funds of the one serve the other', () => {
      play(
        create(),
        `
        1 deposits 100 USDT
        1 buys B1 1@100
        1 replaces B1 buys B2 2@50
          canceled B1 1
        book buy B2 2@50
        1 has 0 USDT held 100
        1 replaces B2 buys B2 1@60
          canceled B2 2
        book buy B2 1@60`,
      )
    })

    it('goes no further when there was nothing to cancel, unless told so', () => {
      play(
        create(),
        `${funded}
        1 replaces B1 buys B2 1@100
          rejected order_not_found
        book buy
        1 replaces B1 buys B2 1@100 anyhow
          rejected order_not_found
        book buy B2 1@100`,
      )
    })

    it('has canceled although the new order is refused', () => {
      play(
        create(),
        `${funded}
        1 buys B1 1@100
        1 replaces B1 buys B2 1@100.001
          canceled B1 1
          rejected price_off_tick
        book buy
        1 has 100000 USDT held 0`,
      )
    })

    it('cancels the list of the order it names', () => {
      play(
        create(),
        `${funded}
        2 lists L1 oco: sells A 1@110 | sells B 1@stop 90
        2 replaces A sells C 1@105
          canceled A 1
          canceled B 1 list
          list L1 done
        book sell C 1@105`,
      )
    })

    it('is answered once under one key', () => {
      play(
        create(),
        `${funded}
        1 buys B1 1@100
        1 replaces B1 buys B2 1@99 key k
          canceled B1 1
        1 replaces B1 buys B2 1@99 key k
        book buy B2 1@99
        1 replaces B2 buys B3 1@99 key k
          rejected idempotency_conflict`,
      )
    })
  })
}
