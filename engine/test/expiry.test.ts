import assert from 'node:assert/strict'
import { funded, play } from './play.ts'
import { twins } from './twins.ts'

for (const create of twins) {
  describe(`expiry (${create().name})`, () => {
    it('ends orders whose time has come, the earliest first, then the oldest', () => {
      play(
        create(),
        `${funded}
        1 buys B1 1@100 GTD 300
        1 buys B2 1@99 GTD 200
        1 buys B3 1@98 GTD 100
        1 buys B4 1@97 GTD 200
        clock 99
          clock 0 left 0
        clock 200
          expired B3 1 time
          expired B2 1 time
          expired B4 1 time
          clock 3 left 0
        book buy B1 1@100
        1 has 99900 USDT held 100`,
      )
    })

    it('trades like any other order until then', () => {
      play(
        create(),
        `${funded}
        2 sells S1 1@100
        1 buys B1 3@100 GTD 50
          fill S1 1@100
        2 sells S2 1@100
          fill B1 1@100
        clock 50
          expired B1 1 time
          clock 1 left 0`,
      )
    })

    it('is refused when it is not after the time of the command', () => {
      play(
        create(),
        `${funded}
        1 buys B1 1@100 GTD 50 at 50
          rejected expiry_in_past
        1 buys B2 1@100 GTD 50 at 51
          rejected expiry_in_past
        1 buys B3 1@100 GTD 50 at 49
        book buy B3 1@100`,
      )
    })

    it('ends orders that wait for a trigger or for their list', () => {
      play(
        create(),
        `${funded}
        1 buys T1 1@120 stop 120 GTD 50
        1 lists L1 oto: buys W 1@90 | buys P 1@80 GTD 60
        clock 60
          expired T1 1 time
          expired P 1 time
          clock 2 left 0
        book buy W 1@90
        1 has 99910 USDT held 90
        1 cancels W
          canceled W 1
          list L1 done`,
      )
    })

    it('cancels the other leg of a pair', () => {
      play(
        create(),
        `${funded}
        2 lists L1 oco: sells A 1@110 | sells B 1@89 stop 90 GTD 50
        clock 50
          expired B 1 time
          canceled A 1 list
          list L1 done
          clock 1 left 0
        2 has 1000 BTC held 0`,
      )
    })

    it('comes in a halted market too', () => {
      play(
        create(),
        `${funded}
        1 buys B1 1@100 GTD 50
        market state halted
        clock 50
          expired B1 1 time
          clock 1 left 0`,
      )
    })

    it('ends a thousand at a time and says how many are left', () => {
      const twin = create()
      play(twin, funded)
      const place = { op: 'place', market: 'BTC-USDT', account: 1, side: 'buy', type: 'limit' } as const
      const terms = { price: '1', quantity: '0.01', timeInForce: 'GTD', expiresAt: 50 } as const
      for (let n = 0; n < 1003; n++) twin.execute({ ...place, ...terms, id: `B${n}` })
      const ends = [twin, twin].map(() => twin.execute({ op: 'clock', time: 60 }).events.at(-1))
      const counts = ends.map((event) => event?.event === 'clock' && [event.expired, event.left])
      assert.deepEqual(counts, [
        [1000, 3],
        [3, 0],
      ])
    })
  })
}
