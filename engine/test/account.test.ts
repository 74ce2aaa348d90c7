import assert from 'node:assert/strict'
import { funded, play } from './play.ts'
import { twins } from './twins.ts'

for (const create of twins) {
  describe(`transfer (${create().name})`, () => {
    it('moves what is available from one account to another', () => {
      play(
        create(),
        `${funded}
        1 buys B1 1@60000
        1 transfers 40000.01 USDT to 2
          rejected insufficient_funds
        1 transfers 40000 USDT to 2
        1 has 0 USDT held 60000
        2 has 40000 USDT held 0
        2 transfers 40000 USDT to 3
        3 has 40000 USDT held 0`,
      )
    })

    it('is refused to itself, of nothing, between units and of what nobody has', () => {
      play(
        create(),
        `${funded}
        1 transfers 1 USDT to 1
          rejected accounts_must_be_different
        1 transfers 0 USDT to 2
          rejected amount_must_be_positive
        1 transfers 0.000000001 USDT to 2
          rejected amount_off_scale
        1 transfers 1 DOGE to 2
          rejected insufficient_funds
        1 transfers 0.00000001 USDT to 2
        2 has 0.00000001 USDT held 0`,
      )
    })

    it('may be to and from the account of the fees', () => {
      play(
        create(),
        `${funded}
        1 transfers 5 USDT to 0
        0 transfers 2 USDT to 2
        0 has 3 USDT held 0`,
      )
    })
  })

  describe(`account (${create().name})`, () => {
    it('keeps the settings that a command leaves out', () => {
      const twin = create()
      const outcomes = play(
        twin,
        `1 sets feeTier 3
         1 sets tradeGroup 5
         1 sets discount true
         2 sets feeTier 0`,
      )
      const [event] = outcomes.at(-2)!.events
      assert.ok(event?.event === 'account')
      assert.deepEqual([event.feeTier, event.tradeGroup, event.discount], [3, 5, true])
      assert.deepEqual(twin.dump().accounts, [{ account: 1, feeTier: 3, tradeGroup: 5, discount: true }])
    })
  })

  describe(`guard (${create().name})`, () => {
    it('ties an account to one session until another or none', () => {
      const twin = create()
      play(twin, '1 guards 7\n2 guards 8\n1 guards 9')
      assert.deepEqual(twin.dump().guards, [
        { account: 1, session: 9 },
        { account: 2, session: 8 },
      ])
      play(twin, '1 guards 0')
      assert.deepEqual(twin.dump().guards, [{ account: 2, session: 8 }])
    })

    it('is the reason that its cancels give', () => {
      const twin = create()
      play(twin, `${funded}\n1 buys B1 1@100\n1 buys T1 1@stop 120`)
      const { events } = twin.execute({ op: 'cancelAll', account: 1, reason: 'disconnect' })
      assert.deepEqual(
        events.map((event) => event.event === 'canceled' && event.reason),
        ['disconnect', 'disconnect', false],
      )
    })
  })
}
