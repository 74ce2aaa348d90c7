import assert from 'node:assert/strict'
import { play, traded } from './play.ts'
import { twins } from './twins.ts'

const prepared = `${traded}
  3 deposits 1000 USDT
  3 deposits 10 BTC
`

for (const create of twins) {
  describe(`OCO list (${create().name})`, () => {
    it('holds the larger of its legs, once', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 oco: sells A 10@110 | sells B 10@stop 90
        book sell A 10@110
        waiting B
        3 has 0 BTC held 10
        3 lists L2 oco: buys C 5@90 | buys D 5@stop 110
        3 has 450 USDT held 550`,
      )
    })

    it('cancels the waiting leg before the other trades, in part or whole', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 oco: sells A 10@110 | sells B 10@stop 90
        1 buys B1 4@110
          canceled B 10 list
          fill A 4@110
        3 has 0 BTC held 6
        1 buys B2 6@110
          fill A 6@110
          list L1 done`,
      )
    })

    it('cancels the resting leg when the other triggers', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 oco: sells A 10@110 | sells B 10@85 stop 90
        2 buys B1 3@90
        1 sells S1 1@90
          fill B1 1@90
          triggered B 90
          canceled A 10 list
          fill B1 2@90
        book sell B 8@85
        1 buys B2 8@90
          fill B 8@85
          list L1 done`,
      )
    })

    it('lets only the first of two legs run that one order set off', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 oco: sells A 1@takeProfit 110 | sells B 1@stop 90
        1 sells S1 1@90
        1 sells S2 1@110
        2 buys B1 1@89
        1 buys B2 2@110
          fill S1 1@90
          fill S2 1@110
          triggered B 90
          canceled A 1 list
          fill B1 1@89
          list L1 done`,
      )
    })

    it('takes a queued leg back when the other one trades first', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 oco: sells A 1@110 | sells B 1@stop 90
        1 sells S1 1@90
        2 buys B1 2@110
          fill S1 1@90
          canceled B 1 list
          fill A 1@110
          list L1 done
        3 has 9 BTC held 0`,
      )
    })

    it('is canceled whole by the cancel of any of its orders, or of the list', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 oco: sells A 1@110 | sells B 1@stop 90
        3 cancels B
          canceled B 1
          canceled A 1 list
          list L1 done
        3 lists L1 oco: sells A 1@110 | sells B 1@stop 90
        3 cancels list L1
          canceled A 1
          canceled B 1
          list L1 done
        3 cancels list L1
          rejected list_not_found
        3 lists L1 oco: sells A 1@110 | sells B 1@stop 90
        3 cancels all
          canceled A 1
          canceled B 1 list
          list L1 done
          canceled all 2
        3 has 10 BTC held 0`,
      )
    })

    it('is refused unless the last price lies between its legs', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 oco: sells A 1@100 | sells B 1@stop 90
          rejected list_prices_must_surround_last
        3 lists L1 oco: sells A 1@110 | sells B 1@stop 100
          rejected list_prices_must_surround_last
        3 lists L1 oco: buys A 1@110 | buys B 1@stop 120
          rejected list_prices_must_surround_last
        3 lists L1 oco: buys A 1@90 | buys B 1@104 stop 100.01
        waiting B`,
      )
    })

    it('is refused unless it is a limit or take-profit and a stop, of one side and quantity', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 oco: sells A 1@110 | sells B 2@stop 90
          rejected list_must_fit_kind
        3 lists L1 oco: sells A 1@110 | buys B 1@stop 120
          rejected list_must_fit_kind
        3 lists L1 oco: sells A 1@110 | sells B 1@111
          rejected list_must_fit_kind
        3 lists L1 oco: sells A 1@market | sells B 1@stop 90
          rejected list_must_fit_kind
        3 lists L1 oco: sells A 1@stop 90 | sells B 1@stop 80
          rejected list_must_fit_kind
        3 lists L1 oco: sells A 1@110 | sells B 1.000001@stop 90
          rejected list_must_fit_kind
        3 lists L1 oco: sells A 1.000002@110 | sells B 1.000001@stop 90
          rejected quantity_off_lot`,
      )
    })

    it('is accepted wholly or not at all', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 oco: sells A 11@110 | sells B 11@stop 90
          rejected insufficient_funds
        3 lists L1 oco: sells A 1@110 | sells A 1@stop 90
          rejected duplicate_id
        3 lists L1 oco: sells A 1@110 | sells B 1@stop 90.001
          rejected trigger_price_off_tick
        3 sells B 1@120
        3 lists L1 oco: sells A 1@110 | sells B 1@stop 90
          rejected duplicate_id
        book sell B 1@120
        3 lists L1 oco: sells A 1@110 | sells C 1@stop 90
        3 lists L1 oco: sells D 1@110 | sells E 1@stop 90
          rejected duplicate_id
        3 has 8 BTC held 2`,
      )
    })

    it('never takes with its limit leg', () => {
      play(
        create(),
        `${prepared}
        2 buys B1 1@101
        3 lists L1 oco: sells A 1@101 | sells B 1@stop 90
          rejected would_match
        3 lists L1 oco: sells A 1@101.01 | sells B 1@stop 90
        book sell A 1@101.01`,
      )
    })

    it('holds for the larger leg still when a decrement has made one of them smaller', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 oco: buys A 5@99 | buys B 5@98 stop 110
        3 has 505 USDT held 495
        3 sells S1 2@99 stp decrement
          prevented A 2 2
          expired S1 0 self_trade
        book buy A 3@99
        waiting B
        3 has 510 USDT held 490
        3 cancels B
          canceled B 5
          canceled A 3 list
          list L1 done
        3 has 1000 USDT held 0`,
      )
    })

    it('counts each of its orders', () => {
      play(
        create(),
        `${prepared}
        3 sells S1 1@120
        3 lists L1 oco: sells A 1@110 | sells B 1@stop 90
          rejected orders_above_max
        3 cancels S1
          canceled S1 1
        3 lists L1 oco: sells A 1@110 | sells B 1@stop 90
        3 sells S2 1@120
          rejected orders_above_max`,
        { ordersMax: 2 },
      )
    })

    it('says when it starts, with its number, and its orders name it', () => {
      const outcomes = play(create(), `${prepared}\n3 lists L1 oco: sells A 1@110 | sells B 1@stop 90`)
      const [list, first, second] = outcomes.at(-1)!.events
      assert.ok(list?.event === 'list' && first?.event === 'accepted' && second?.event === 'accepted')
      assert.deepEqual([list.status, list.kind, list.list], ['started', 'oco', list.seq])
      assert.deepEqual([first.list, second.list], [list.seq, list.seq])
      assert.deepEqual([first.postOnly, second.status], [true, 'waiting'])
    })
  })
}
