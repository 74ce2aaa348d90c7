import assert from 'node:assert/strict'
import type { Command } from '../messages/command.ts'
import { funded, play } from './play.ts'
import { twins } from './twins.ts'

for (const create of twins) {
  describe(`idempotency key (${create().name})`, () => {
    it('answers a repeat as the first time and changes nothing', () => {
      const twin = create()
      const command = { op: 'deposit', account: 1, asset: 'USDT', amount: '5', key: 'once' } as const
      const first = twin.execute(command)
      const again = twin.execute({ ...command, amount: '5.0', time: 7 })
      assert.deepEqual([again.seq, again.duplicate], [first.seq, true])
      assert.deepEqual(twin.dump().balances, [{ account: 1, asset: 'USDT', available: '5', held: '0' }])
    })

    it('refuses other content under the same key', () => {
      play(
        create(),
        `${funded}
        1 buys B1 1@100 key k
        1 buys B1 2@100 key k
          rejected idempotency_conflict
        book buy B1 1@100`,
      )
    })

    it('remembers a refusal too', () => {
      const twin = create()
      const command = { op: 'withdraw', account: 1, asset: 'USDT', amount: '5', key: 'early' } as const
      const first = twin.execute(command)
      twin.execute({ op: 'deposit', account: 1, asset: 'USDT', amount: '9' })
      assert.deepEqual([twin.execute(command).seq, twin.execute(command).duplicate], [first.seq, true])
    })

    it('is private to its account', () => {
      play(
        create(),
        `${funded}
        1 buys B1 1@100 key k
        2 sells S1 1@200 key k
        book sell S1 1@200`,
      )
    })

    it('knows a command by what it asks for, not by how its decimals are written or when it came', () => {
      const twin = create()
      play(twin, `${funded}\n1 buys B1 1@100 key k at 5`)
      const place = { op: 'place', market: 'BTC-USDT', account: 1, id: 'B1', side: 'buy' } as const
      const terms = { type: 'limit', timeInForce: 'GTC', price: '100.00', quantity: '1.0' } as const
      assert.equal(twin.execute({ ...place, ...terms, key: 'k', time: 9 }).duplicate, true)
    })

    it('serves every kind of command', () => {
      const twin = create()
      play(twin, funded)
      const of = { market: 'BTC-USDT', account: 1 } as const
      const limit = { side: 'buy', type: 'limit', timeInForce: 'GTC', price: '90', quantity: '1' } as const
      const stop = { side: 'buy', type: 'stop', triggerPrice: '120', quantity: '1' } as const
      const commands: readonly Command[] = [
        { op: 'place', ...of, ...limit, id: 'A' },
        {
          op: 'placeList',
          ...of,
          id: 'L',
          kind: 'oco',
          orders: [
            { ...limit, id: 'B' },
            { ...stop, id: 'C' },
          ],
        },
        { op: 'amend', ...of, id: 'A', quantity: '2' },
        { op: 'replace', ...of, cancel: { id: 'A' }, mode: 'stopOnFailure', place: { ...limit, id: 'D' } },
        { op: 'cancelList', ...of, id: 'L' },
        { op: 'cancel', ...of, id: 'D' },
        { op: 'cancelAll', account: 1 },
        { op: 'transfer', from: 1, to: 2, asset: 'USDT', amount: '1' },
        { op: 'account', account: 1, feeTier: 1 },
        { op: 'feeTier', tier: 1, makerFeePpm: 1, takerFeePpm: 1 },
        { op: 'discount', feeAsset: 'BTC', asset: 'USDT', rate: '1', discountPpm: 0 },
        { op: 'guard', account: 1, session: 3 },
      ]
      for (const [n, command] of commands.entries()) {
        const keyed = { ...command, key: `k${n}` }
        const first = twin.execute(keyed)
        assert.notEqual(first.events[0]?.event, 'rejected', command.op)
        const again = twin.execute(keyed)
        assert.deepEqual([again.seq, again.duplicate, again.events], [first.seq, true, []], command.op)
      }
    })

    it('is forgotten by orders after a while, and never by money', () => {
      const twin = create()
      const cancel = { op: 'cancel', market: 'NO-SUCH', account: 1, id: 'A' } as const
      const deposit = { op: 'deposit', account: 1, asset: 'USDT', amount: '5' } as const
      for (let n = 0; n <= 64; n++) twin.execute({ ...cancel, key: `k${n}` })
      for (let n = 0; n <= 200; n++) twin.execute({ ...deposit, key: `d${n}` })
      assert.equal(twin.execute({ ...cancel, key: 'k64' }).duplicate, true)
      assert.equal(twin.execute({ ...cancel, key: 'k0' }).duplicate, false)
      assert.equal(twin.execute({ ...deposit, key: 'd0' }).duplicate, true)
    })
  })
}
