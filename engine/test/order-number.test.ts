import assert from 'node:assert/strict'
import fc from 'fast-check'
import { createSession } from '../core/session.ts'
import { ID_MASK, SEQ_NEXT } from '../core/layout.ts'
import type { Command } from '../messages/command.ts'

const market = {
  market: 'BTC-USDT',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.01',
  lotSize: '0.0001',
} as const
const buys = { side: 'buy', type: 'limit', timeInForce: 'GTC', price: '1', quantity: '1' } as const
const place = (id: string): Command => ({ op: 'place', account: 1, market: 'BTC-USDT', id, ...buys })

describe('order number', () => {
  // Numbers grow with every event, so with so small an index many of the open orders share a place in it.
  it('finds its order among others with the same place in the index, until that is canceled', () => {
    const turns = fc.array(fc.record({ skip: fc.nat(40), cancels: fc.array(fc.nat(15), { maxLength: 3 }) }))
    fc.assert(
      fc.property(turns, (list) => {
        const { state, execute } = createSession({ orders: 16 })
        execute({ op: 'market', ...market, makerFeePpm: 0, takerFeePpm: 0 })
        const deposit = { op: 'deposit', account: 1, asset: 'USDT', amount: '100' } as const
        execute(deposit)
        const cancel = (order: number): string | undefined =>
          execute({ op: 'cancel', account: 1, market: 'BTC-USDT', order }).events[0]?.event
        assert.equal(state.i[ID_MASK], 31)
        const open: number[] = []
        for (const { skip, cancels } of list) {
          for (let n = 0; n < skip; n++) execute({ ...deposit, amount: '1' })
          if (open.length < 16) open.push(execute(place(`B${state.f[SEQ_NEXT >> 1]}`)).seq)
          for (const turn of cancels) {
            if (open.length === 0) break
            const [order] = open.splice(turn % open.length, 1) as [number]
            assert.equal(cancel(order), 'canceled')
            assert.equal(cancel(order), 'rejected')
          }
        }
        for (const order of open) assert.equal(cancel(order), 'canceled')
      }),
      { numRuns: 12 },
    )
  })
})
