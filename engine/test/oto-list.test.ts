import { play, traded } from './play.ts'
import { twins } from './twins.ts'

const prepared = `${traded}
  3 deposits 1000 USDT
  3 deposits 10 BTC
`

for (const create of twins) {
  describe(`OTO list (${create().name})`, () => {
    it('activates the pending order when the working one is wholly filled', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 oto: buys W 2@99 | sells P 2@120
        pending P
        3 has 10 BTC held 0
        2 sells S1 1@99
          fill W 1@99
        pending P
        2 sells S2 1@99
          fill W 1@99
          activated P
        book sell P 2@120
        3 has 10 BTC held 2
        1 buys B1 2@120
          fill P 2@120
          list L1 done`,
      )
    })

    it('activates at once when the working order takes its whole quantity', () => {
      play(
        create(),
        `${prepared}
        2 sells S1 2@99
        2 buys B1 5@98
        3 lists L1 oto: buys W 2@99 | sells P 2@market
          fill S1 2@99
          activated P
          fill B1 2@98
          list L1 done`,
      )
    })

    it('lets a pending order spend what the working one brought', () => {
      play(
        create(),
        `${prepared}
        4 deposits 100 USDT
        4 lists L1 oto: buys W 1@100 | sells P 1@stop 95
        1 sells S1 1@100
          fill W 1@100
          activated P
        waiting P
        4 has 0 BTC held 1`,
      )
    })

    it('expires a pending order that cannot be, with the reason', () => {
      play(
        create(),
        `${prepared}
        4 deposits 100 USDT
        4 lists L1 oto: buys W 1@100 | sells P 2@110
        1 sells S1 1@100
          fill W 1@100
          expired P 2 not_activated insufficient_funds
          list L1 done`,
      )
    })

    it('activates after what the same trade triggers', () => {
      play(
        create(),
        `${prepared}
        2 sells T1 1@130 stop 99
        3 lists L1 oto: buys W 1@99 | sells P 1@120
        1 sells S1 1@99
          fill W 1@99
          triggered T1 99
          activated P`,
      )
    })

    it('cancels the pending order when the working one ends unfilled', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 oto: buys W 2@99 GTD 50 | sells P 2@120
        1 sells S1 1@99
          fill W 1@99
        clock 50
          expired W 1 time
          canceled P 2 list
          list L1 done
          clock 1 left 0
        3 lists L2 oto: buys W 2@99 | sells P 2@120
        3 cancels W
          canceled W 2
          canceled P 2 list
          list L2 done`,
      )
    })

    it('has a working limit order that may rest', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 oto: buys W 1@99 IOC | sells P 1@120
          rejected list_must_fit_kind
        3 lists L1 oto: buys W 1@market | sells P 1@120
          rejected list_must_fit_kind
        3 lists L1 oto: buys W 1@99 post | sells P 1@120 shows 0.5
        book buy W 1@99`,
      )
    })

    it('checks the form of a pending order when it is placed and its funds when it starts', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 oto: buys W 1@99 | sells P 1@120.001
          rejected price_off_tick
        3 lists L1 oto: buys W 1@99 | sells P 500@120
        pending P`,
      )
    })
  })

  describe(`OTOCO list (${create().name})`, () => {
    it('starts a pair when the working order is filled', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 otoco: buys W 2@99 | sells A 2@120 | sells B 2@stop 90
        pending A B
        1 sells S1 2@99
          fill W 2@99
          activated A
          activated B
        book sell A 2@120
        waiting B
        3 has 10 BTC held 2
        1 buys B1 1@120
          canceled B 2 list
          fill A 1@120`,
      )
    })

    it('starts both of the pair or neither', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 otoco: buys W 1@99 | sells A 1@99.5 | sells B 1@stop 98.5
        2 buys B1 1@98
        1 sells S1 1@99
          fill W 1@99
          activated A
          activated B
        3 lists L2 otoco: buys W 1@97 | sells C 1@120 | sells D 1@stop 97
        2 sells S2 1@98
          fill B1 1@98
          triggered B 98
          canceled A 1 list
          fill W 1@97
          list L1 done
          expired C 1 not_activated list_prices_must_surround_last
          expired D 1 not_activated list_prices_must_surround_last
          list L2 done`,
      )
    })

    it('is canceled whole by the cancel of a pending order', () => {
      play(
        create(),
        `${prepared}
        3 lists L1 otoco: buys W 1@99 | sells A 1@120 | sells B 1@stop 90
        3 cancels B
          canceled B 1
          canceled A 1 list
          canceled W 1 list
          list L1 done`,
      )
    })
  })
}
