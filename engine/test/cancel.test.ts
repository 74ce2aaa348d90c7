import assert from 'node:assert/strict'
import { funded, market, play } from './play.ts'
import { twins } from './twins.ts'

for (const create of twins) {
  describe(`cancel all (${create().name})`, () => {
    it('goes asset by asset, as the account came to have them, and by age', () => {
      play(
        create(),
        `
        1 deposits 10 BTC
        1 deposits 1000 USDT
        1 buys B1 1@100
        1 sells S1 1@200
        1 buys B2 1@90 stop 120
        1 sells S2 1@stop 50
        1 amends B1 2
          amended B1 2@100 leaves 2 moved
        1 cancels all
          canceled S1 1
          canceled S2 1
          canceled B1 2
          canceled B2 1
          canceled all 4
        1 has 10 BTC held 0
        1 has 1000 USDT held 0`,
      )
    })

    it('is of one market when it names it', () => {
      const twin = create()
      play(twin, `${funded}\n1 buys B1 1@100`)
      twin.execute({ ...market, market: 'BTC-USDT-2' })
      const place = { op: 'place', market: 'BTC-USDT-2', account: 1, side: 'buy', type: 'limit' } as const
      twin.execute({ ...place, id: 'B2', price: '90', quantity: '1', timeInForce: 'GTC' })
      const { events } = twin.execute({ op: 'cancelAll', account: 1, market: 'BTC-USDT-2' })
      assert.deepEqual(
        events.map((event) => [event.event, 'id' in event && event.id]),
        [
          ['canceled', 'B2'],
          ['canceledAll', false],
        ],
      )
    })

    it('ends a thousand at a time, lists whole, and says how many are left', () => {
      const twin = create()
      play(twin, funded)
      const place = { op: 'place', market: 'BTC-USDT', account: 1, side: 'buy', type: 'limit' } as const
      const terms = { price: '1', quantity: '0.01', timeInForce: 'GTC' } as const
      for (let n = 0; n < 999; n++) twin.execute({ ...place, ...terms, id: `B${n}` })
      const limit = { id: 'A', side: 'buy', type: 'limit', ...terms } as const
      const stop = { id: 'B', side: 'buy', type: 'stop', quantity: '0.01', triggerPrice: '3' } as const
      const of = { market: 'BTC-USDT', account: 1 } as const
      twin.execute({ op: 'placeList', ...of, id: 'L', kind: 'oco', orders: [limit, stop] })
      twin.execute({ ...place, ...terms, id: 'C' })
      const ends = [twin, twin].map(() => twin.execute({ op: 'cancelAll', account: 1 }).events.at(-1))
      const counts = ends.map((event) => event?.event === 'canceledAll' && [event.canceled, event.left])
      assert.deepEqual(counts, [
        [1001, 1],
        [1, 0],
      ])
    })
  })

  describe(`client order id (${create().name})`, () => {
    it('is unique among the open orders of its account', () => {
      play(
        create(),
        `${funded}
        1 buys A 1@100
        1 buys A 1@99
          rejected duplicate_id
        2 sells A 1@200
        1 cancels A
          canceled A 1
        1 buys A 1@99
        book buy A 1@99
        2 cancels all
          canceled A 1
          canceled all 1`,
      )
    })
  })
}
