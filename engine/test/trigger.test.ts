import { funded, play, traded } from './play.ts'
import { twins } from './twins.ts'

const prepared = `${traded}
  3 deposits 100000 USDT
  3 deposits 1000 BTC
`

for (const create of twins) {
  describe(`trigger order (${create().name})`, () => {
    it('waits off the book with its funds held, and acts when a trade reaches its price', () => {
      play(
        create(),
        `${prepared}
        3 buys T1 2@stop 105
        waiting T1
        3 has 99790 USDT held 210
        2 sells S1 1@105
        2 sells S2 3@106
        1 buys B1 1@105
          fill S1 1@105
          triggered T1 105
          fill S2 2@106
        waiting
        3 has 99788 USDT held 0`,
      )
    })

    it('is a buy at or above its stop price and a sell at or below', () => {
      play(
        create(),
        `${prepared}
        3 sells T1 1@stop 95
        2 buys B1 1@96
        1 sells S1 1@96
          fill B1 1@96
        waiting T1
        2 buys B2 1@94
        2 buys B3 1@95
        1 sells S2 1@95
          fill B3 1@95
          triggered T1 95
          fill B2 1@94`,
      )
    })

    it('is a sell at or above its take-profit price and a buy at or below', () => {
      play(
        create(),
        `${prepared}
        3 sells T1 1@takeProfit 105
        3 buys T2 1@takeProfit 95
        1 sells S1 1@105
        1 buys B1 1@104
        2 buys B2 1@105
          fill S1 1@105
          triggered T1 105
          fill B1 1@104
        waiting T2
        2 sells S2 1@96
        1 buys B3 1@94
        2 sells S3 1@94
          fill B3 1@94
          triggered T2 94
          fill S2 1@96`,
      )
    })

    it('is refused when the last price has reached it already', () => {
      play(
        create(),
        `${prepared}
        3 buys T1 1@stop 100
          rejected would_trigger
        3 sells T2 1@stop 100
          rejected would_trigger
        3 buys T3 1@takeProfit 100
          rejected would_trigger
        3 sells T4 1@101 takeProfit 99
          rejected would_trigger
        3 buys T5 1@99 stop 99.99
          rejected would_trigger
        3 buys T6 1@stop 100.01
        3 sells T7 1@stop 99.99
        waiting T6 T7`,
      )
    })

    it('waits for the first trade of a market that has none, and for either direction then', () => {
      play(
        create(),
        `${funded}
        1 buys T1 1@stop 90
        1 buys T2 1@80 takeProfit 110
        2 sells S1 1@100
        2 sells S2 1@101
        1 buys B1 1@100
          fill S1 1@100
          triggered T1 100
          fill S2 1@101
          triggered T2 100
        book buy T2 1@80`,
      )
    })

    it('rests as a limit order with a new place in time once triggered', () => {
      play(
        create(),
        `${prepared}
        3 buys T1 2@98 stop 105
        2 buys B1 1@98
        2 sells S1 1@105
        1 buys B2 1@105
          fill S1 1@105
          triggered T1 105
        book buy B1 1@98, T1 2@98
        3 has 99804 USDT held 196`,
      )
    })

    it('keeps its time in force for when it acts', () => {
      play(
        create(),
        `${prepared}
        3 buys T1 2@106 stop 104 IOC
        3 buys T2 2@106 stop 104 FOK
        2 sells S1 1@105
        2 sells S2 1@106
        2 sells S3 1@107
        1 buys B1 1@105
          fill S1 1@105
          triggered T1 105
          fill S2 1@106
          expired T1 1 immediate_or_cancel
          triggered T2 105
          expired T2 2 fill_or_kill
        3 has 99894 USDT held 0`,
      )
    })

    it('triggers nearest to the previous price first, then in the order they came', () => {
      play(
        create(),
        `${prepared}
        3 buys T1 1@90 stop 104
        3 buys T2 1@91 stop 102
        3 buys T3 1@92 stop 103
        3 buys T4 1@93 stop 102
        2 sells S1 1@105
        1 buys B1 1@105
          fill S1 1@105
          triggered T2 105
          triggered T4 105
          triggered T3 105
          triggered T1 105
        1 sells T5 1@120 stop 97
        1 sells T6 1@120 stop 98
        2 buys B2 1@96
        1 sells S2 1@96
          fill B2 1@96
          triggered T6 96
          triggered T5 96`,
      )
    })

    it('triggers after the order that reached it is done, and what it reaches itself comes behind', () => {
      play(
        create(),
        `${prepared}
        3 buys T1 1@stop 101
        3 buys T2 1@stop 103
        3 buys T3 1@stop 102
        2 sells S1 1@101
        2 sells S2 1@102
        2 sells S3 1@103
        2 sells S4 1@104
        2 sells S5 1@105
        1 buys B1 2@102
          fill S1 1@101
          fill S2 1@102
          triggered T1 101
          fill S3 1@103
          triggered T3 102
          fill S4 1@104
          triggered T2 103
          fill S5 1@105
        last 105`,
      )
    })

    it('expires whole when it triggers and cannot pay for what it would sweep', () => {
      play(
        create(),
        `${prepared}
        4 deposits 210 USDT
        4 buys T1 2@stop 105
        4 has 0 USDT held 210
        2 sells S1 1@105
        2 sells S2 5@120
        1 buys B1 1@105
          fill S1 1@105
          triggered T1 105
          expired T1 2 insufficient_funds
        4 has 210 USDT held 0`,
      )
    })

    it('expires what the book cannot give it', () => {
      play(
        create(),
        `${prepared}
        3 sells T1 2@stop 95
        2 buys B1 2@95
        1 sells S1 1@95
          fill B1 1@95
          triggered T1 95
          fill B1 1@95
          expired T1 1 no_liquidity
        3 has 999 BTC held 0`,
      )
    })

    it('is refused when the account cannot hold for it', () => {
      play(
        create(),
        `${prepared}
        4 deposits 104.99 USDT
        4 buys T1 1@stop 105
          rejected insufficient_funds
        4 buys T2 1@104 stop 105
        4 sells T3 1@stop 95
          rejected insufficient_funds`,
      )
    })

    it('gives back what it held when it is canceled', () => {
      play(
        create(),
        `${prepared}
        3 buys T1 1@stop 105
        3 sells T2 2@94 stop 95
        3 cancels T1
          canceled T1 1
        3 cancels all
          canceled T2 2
          canceled all 1
        3 has 100000 USDT held 0
        3 has 1000 BTC held 0`,
      )
    })

    it('has a price on the grid and in range', () => {
      play(
        create(),
        `${prepared}
        3 buys T1 1@stop 105.001
          rejected trigger_price_off_tick
        3 buys T2 1@stop 0
          rejected trigger_price_out_of_range
        3 buys T3 1@104 stop 10737418.24
          rejected trigger_price_out_of_range
        3 buys T4 1@104.001 stop 105.001
          rejected price_off_tick`,
      )
    })

    it('is triggered by trades of its own account too', () => {
      play(
        create(),
        `${prepared}
        3 sells S1 1@105
        3 buys T1 1@stop 105
        2 sells S2 1@106
        3 buys B1 1@105
          fill S1 1@105
          triggered T1 105
          fill S2 1@106`,
      )
    })
  })
}
