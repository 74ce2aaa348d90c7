import assert from 'node:assert/strict'
import { createSession } from '../core/session.ts'
import { dumpOf } from '../core/state-hash.ts'
import { Tally } from './invariants.ts'
import { randomCommands } from './random-commands.ts'

/** So little that most commands of a random history find something full. */
const tight = [
  { orders: 12, specials: 400, lists: 50, nodes: 30, leaves: 30, rows: 200, markets: 8 },
  { orders: 400, specials: 5, lists: 2, nodes: 30, leaves: 30, rows: 200, markets: 8 },
  { orders: 400, specials: 400, lists: 50, nodes: 9, leaves: 5, rows: 200, markets: 8 },
  { orders: 400, specials: 400, lists: 50, nodes: 30, leaves: 30, rows: 14, markets: 2 },
]

describe('full engine', function () {
  this.timeout(60_000)

  for (const [n, limits] of tight.entries()) {
    it(`refuses what it has no room for and changes nothing, with limits ${n + 1}`, () => {
      const { state, execute } = createSession({ ...limits, keys: 64 })
      const tally = new Tally()
      let refusals = 0
      for (const command of randomCommands(n + 1, 1500)) {
        const before = dumpOf(state)
        const outcome = execute(command)
        tally.add(outcome)
        const after = dumpOf(state)
        tally.check(after)
        const [event] = outcome.events
        if (event?.event !== 'rejected' || event.reason !== 'engine_full') continue
        refusals++
        assert.deepEqual({ ...after, seqNext: 0 }, { ...before, seqNext: 0 })
      }
      assert.ok(refusals > 0, 'nothing was refused')
    })
  }
})
