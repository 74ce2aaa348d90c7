import { funded, play } from './play.ts'
import { twins } from './twins.ts'

const open = `${funded}
  3 deposits 100000 USDT
  3 deposits 1000 BTC
`

for (const create of twins) {
  describe(`market state (${create().name})`, () => {
    it('lets orders rest unmatched before the opening, and takes none that act at once', () => {
      play(
        create(),
        `${open}
        1 buys B1 1@101
        2 sells S1 1@100
        2 sells S2 1@99 post
        book buy B1 1@101
        book sell S2 1@99, S1 1@100
        1 buys B2 1@market
          rejected market_pre_open
        1 buys B3 1@100 IOC
          rejected market_pre_open
        1 buys B4 1@100 FOK
          rejected market_pre_open
        1 buys B5 1@101 stop 101 IOC
        1 amends B1 2
          amended B1 2@101 leaves 2 moved
        1 cancels B1
          canceled B1 2`,
        { state: 'preOpen' },
      )
    })

    it('takes cancels only', () => {
      play(
        create(),
        `${open}
        1 buys B1 1@100
        1 buys B0 1@100
        market state cancelOnly
        1 buys B2 1@100
          rejected market_cancel_only
        1 amends B1 0.5
          rejected market_cancel_only
        1 lists L1 oco: buys A 1@90 | buys B 1@stop 120
          rejected market_cancel_only
        1 replaces B0 buys B3 1@100
          canceled B0 1
          rejected market_cancel_only
        1 cancels B1
          canceled B1 1`,
      )
    })

    it('lets nothing of its orders change while it is halted', () => {
      play(
        create(),
        `${open}
        1 buys B1 1@100
        2 lists L1 oco: sells A 1@110 | sells B 1@stop 90
        market state halted
        1 buys B2 1@100
          rejected market_halted
        1 cancels B1
          rejected market_halted
        1 amends B1 0.5
          rejected market_halted
        2 cancels list L1
          rejected market_halted
        1 cancels all in
          rejected market_halted
        1 cancels all
          canceled all 0
        1 deposits 1 USDT
        1 transfers 1 USDT to 2
        market state trading
        1 cancels all in
          canceled B1 1
          canceled all 1`,
      )
    })

    it('keeps a crossed book crossed until it trades', () => {
      play(
        create(),
        `${open}
        1 buys B1 1@101
        2 sells S1 1@100
        market state halted
        book buy B1 1@101
        market state cancelOnly
        book sell S1 1@100
        market state trading
          uncrossed 1@100
          fill B1 1@100
        book buy`,
        { state: 'preOpen' },
      )
    })
  })

  describe(`uncross (${create().name})`, () => {
    it('trades at the one price at which most can trade', () => {
      play(
        create(),
        `${open}
        1 buys B1 5@102
        1 buys B2 5@101
        1 buys B3 5@100
        2 sells S1 4@99
        2 sells S2 4@100
        2 sells S3 4@101
        market state trading
          uncrossed 10@101
          fill B1 4@101
          fill B1 1@101
          fill B2 3@101
          fill B2 2@101
        book buy B3 5@100
        book sell S3 2@101
        1 has 98490 USDT held 500
        2 has 988 BTC held 2
        last 101`,
        { state: 'preOpen' },
      )
    })

    it('takes the price with the smaller surplus when the same quantity trades at several', () => {
      play(
        create(),
        `${open}
        1 buys B1 5@105
        1 buys B2 3@102
        2 sells S1 5@100
        market state trading
          uncrossed 5@105
          fill B1 5@105
        book buy B2 3@102`,
        { state: 'preOpen' },
      )
    })

    it('takes the price nearest to the last one when surpluses are equal', () => {
      play(
        create(),
        `${open}
        3 sells S0 1@104
        1 buys B0 1@104
          fill S0 1@104
        market state preOpen
        1 buys B1 5@105
        2 sells S1 5@100
        market state trading
          uncrossed 5@105
          fill B1 5@105
        last 105`,
      )
    })

    it('takes the lowest price when there is no last one, or both are as near', () => {
      play(
        create(),
        `${open}
        1 buys B1 5@104
        2 sells S1 5@100
        market state trading
          uncrossed 5@100
          fill B1 5@100
        3 sells S2 1@102
        1 buys B2 1@102
          fill S2 1@102
        market state preOpen
        1 buys B3 5@104
        2 sells S3 5@100
        market state trading
          uncrossed 5@100
          fill B3 5@100`,
        { state: 'preOpen' },
      )
    })

    it('gives the younger order of each trade the fee of a taker', () => {
      play(
        create(),
        `${open}
        2 sells S1 1@100
        1 buys B1 2@100
        3 sells S2 1@100
        market state trading takerFeePpm 10000
          uncrossed 2@100
          fill S1 1@100
          fill B1 1@100
        1 has 99800 USDT held 0
        1 has 1.99 BTC held 0
        3 has 100099 USDT held 0
        2 has 100 USDT held 0`,
        { state: 'preOpen' },
      )
    })

    it('trades icebergs whole, and leaves one in its place with a full part shown', () => {
      play(
        create(),
        `${open}
        2 sells S1 10@100 shows 4
        2 sells S2 1@100
        1 buys B1 5@100
        market state trading
          uncrossed 5@100
          fill S1 5@100
        book sell S1 4/5@100, S2 1@100
        market state preOpen
        1 buys B2 3@100
        market state trading
          uncrossed 3@100
          fill S1 3@100
        book sell S1 1/2@100, S2 1@100`,
        { state: 'preOpen' },
      )
    })

    it('lets an owner trade with itself, as all trade at one price', () => {
      play(
        create(),
        `${open}
        3 sells S1 1@100 stp expireTaker
        3 buys B1 1@100 stp expireTaker
        market state trading
          uncrossed 1@100
          fill S1 1@100`,
        { state: 'preOpen' },
      )
    })

    it('sets off triggers when it is done, and activates what waited for its trades', () => {
      play(
        create(),
        `${open}
        3 buys T1 1@stop 99
        3 lists L1 oto: buys W 1@101 | buys P 1@90
        3 lists L2 oco: sells A 1@99 | sells B 1@stop 98
        2 sells S1 1@100
        market state trading
          uncrossed 1@99
          canceled B 1 list
          fill W 1@99
          list L2 done
          triggered T1 99
          fill S1 1@100
          activated P
        book buy P 1@90`,
        { state: 'preOpen' },
      )
    })

    it('does not happen when nothing crosses', () => {
      play(
        create(),
        `${open}
        1 buys B1 1@99
        2 sells S1 1@100
        market state trading
        last none
        2 sells S2 1@99
          fill B1 1@99`,
        { state: 'preOpen' },
      )
    })
  })
}
