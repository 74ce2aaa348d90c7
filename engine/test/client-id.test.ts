import assert from 'node:assert/strict'
import fc from 'fast-check'
import { createSession } from '../core/session.ts'
import { CLIENT_COUNT, CLIENT_PLACES } from '../core/layout.ts'
import type { Command } from '../messages/command.ts'

const market = {
  market: 'BTC-USDT',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.01',
  lotSize: '0.0001',
} as const
const buys = { side: 'buy', type: 'limit', timeInForce: 'GTC', price: '1', quantity: '1' } as const

describe('client id', () => {
  it('finds its order of that account among however many, until that is gone', () => {
    const turns = fc.array(
      fc.record({
        account: fc.integer({ min: 1, max: 3 }),
        id: fc.nat(300),
        width: fc.constantFrom(1, 5, 36),
      }),
      { minLength: 600, maxLength: 900, size: 'max' },
    )
    fc.assert(
      fc.property(turns, (list) => {
        const { state, execute } = createSession({ orders: 1024, hashSeed: 5 })
        execute({ op: 'market', ...market, makerFeePpm: 0, takerFeePpm: 0 })
        for (const account of [1, 2, 3]) execute({ op: 'deposit', account, asset: 'USDT', amount: '1000' })
        const open = new Map<string, Command>()
        const does = (command: Command): string | undefined => execute(command).events[0]?.event
        for (const [n, { account, id: number, width }] of list.entries()) {
          const id = String(number).padStart(width, '.')
          const name = `${account} ${id}`
          const cancel: Command = { op: 'cancel', account, market: 'BTC-USDT', id }
          // Fewer go than come, so that the table grows while they are looked for.
          if (n % 3 === 0) {
            assert.equal(does(cancel), open.delete(name) ? 'canceled' : 'rejected')
            continue
          }
          const isNew = !open.has(name)
          assert.equal(
            does({ op: 'place', account, market: 'BTC-USDT', id, ...buys }),
            isNew ? 'accepted' : 'rejected',
          )
          if (isNew) open.set(name, cancel)
          assert.equal(state.i[CLIENT_COUNT], open.size)
        }
        assert.ok(state.i[CLIENT_PLACES]! >= open.size && open.size > 100)
        for (const cancel of open.values()) assert.equal(does(cancel), 'canceled')
        assert.equal(state.i[CLIENT_COUNT], 0)
      }),
      { numRuns: 12 },
    )
  })
})
