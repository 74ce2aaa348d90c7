import { funded, play, traded } from './play.ts'
import { twins } from './twins.ts'

const prepared = `${traded}
  3 deposits 100000 USDT
  3 deposits 1000 BTC
`

for (const create of twins) {
  describe(`trailing order (${create().name})`, () => {
    it('follows the highest price down by its distance when it sells', () => {
      play(
        create(),
        `${prepared}
        3 sells T1 1@stop trails 500
        2 sells S1 1@110
        1 buys B1 1@110
          fill S1 1@110
        2 buys B2 1@104.51
        1 sells S2 1@104.51
          fill B2 1@104.51
        waiting T1
        2 buys B3 2@104.5     # 110 less five percent
        1 sells S3 1@104.5
          fill B3 1@104.5
          triggered T1 104.5
          fill B3 1@104.5`,
      )
    })

    it('follows the lowest price up by its distance when it buys', () => {
      play(
        create(),
        `${prepared}
        3 buys T1 1@200 takeProfit trails 1000
        2 buys B1 1@90
        1 sells S1 1@90
          fill B1 1@90
        2 sells S2 1@98.99
        1 buys B2 1@98.99
          fill S2 1@98.99
        waiting T1
        2 sells S3 2@99
        1 buys B3 1@99
          fill S3 1@99
          triggered T1 99
          fill S3 1@99`,
      )
    })

    it('begins at the price that activates it when it names one', () => {
      play(
        create(),
        `${prepared}
        3 sells T1 1@takeProfit 110 trails 500
        2 buys B1 1@94
        1 sells S1 1@94
          fill B1 1@94
        waiting T1
        2 sells S2 1@112
        1 buys B2 1@112
          fill S2 1@112
        2 buys B3 2@106.4     # 112 less five percent
        1 sells S3 1@106.4
          fill B3 1@106.4
          triggered T1 106.4
          fill B3 1@106.4`,
      )
    })

    it('is active at once when its activation price has been passed already', () => {
      play(
        create(),
        `${prepared}
        3 sells T1 1@takeProfit 95 trails 500
        2 buys B1 2@95
        1 sells S1 1@95
          fill B1 1@95
          triggered T1 95
          fill B1 1@95`,
      )
    })

    it('takes the first trade as its beginning in a market without one', () => {
      play(
        create(),
        `${funded}
        2 sells T1 1@stop trails 500
        2 sells S1 1@100
        1 buys B1 1@100
          fill S1 1@100
        1 buys B2 2@95
        2 sells S2 1@95
          fill B2 1@95
          triggered T1 95
          fill B2 1@95`,
      )
    })

    it('holds for a buy as far above the last price as it trails', () => {
      play(
        create(),
        `${prepared}
        4 deposits 103.01 USDT
        4 buys T1 1@stop trails 301
        4 has 0 USDT held 103.01
        4 cancels T1
          canceled T1 1
        4 withdraws 0.01 USDT
        4 buys T2 1@stop trails 301
          rejected insufficient_funds`,
      )
    })

    it('is refused as a market buy while there is no last price to hold by', () => {
      play(
        create(),
        `${funded}
        1 buys T1 1@stop trails 500
          rejected no_reference_price
        1 buys T2 1@90 stop trails 500
        2 sells T3 1@stop trails 500
        waiting T2 T3`,
      )
    })

    it('is triggered after the fixed ones of the same trade', () => {
      play(
        create(),
        `${prepared}
        3 sells T1 1@120 stop trails 500
        3 sells T2 1@121 stop 94
        3 sells T3 1@122 stop 95
        2 buys B1 1@94
        1 sells S1 1@94
          fill B1 1@94
          triggered T3 94
          triggered T2 94
          triggered T1 94`,
      )
    })

    it('keeps to the distances its market allows', () => {
      play(
        create(),
        `${prepared}
        3 sells T1 1@stop trails 99
          rejected trailing_out_of_range
        3 sells T2 1@stop trails 2001
          rejected trailing_out_of_range
        3 sells T3 1@stop trails 100
        3 sells T4 1@stop trails 2000
        waiting T3 T4`,
        { trailingBipsMin: 100, trailingBipsMax: 2000 },
      )
    })
  })
}
