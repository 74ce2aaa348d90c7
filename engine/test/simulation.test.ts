import assert from 'node:assert/strict'
import { hashState } from '../core/state-hash.ts'
import { randomCommands } from './random-commands.ts'
import { Difference, playSideBySide } from './side-by-side.ts'
import { createFast, createNaive, type Twin } from './twins.ts'

const seeds = Array.from({ length: 12 }, (_, n) => n + 1)
const commandsEach = 1500

describe('both engines', () => {
  for (const seed of seeds) {
    it(`give the same events and end in the same state for seed ${seed}`, () => {
      const outcomes = playSideBySide(randomCommands(seed, commandsEach), createFast(), createNaive())
      const trades = outcomes.flatMap(({ events }) => events).filter(({ event }) => event === 'trade')
      assert.ok(trades.length >= 25, `the stream has ${trades.length} trades`)
    })
  }

  it('are stopped at the first command that they answer differently', () => {
    const commands = randomCommands(5, 300)
    const naive = createNaive()
    let steps = 0
    const wrong: Twin = {
      ...naive,
      execute: (command) => {
        const outcome = naive.execute(command)
        steps += 1
        return steps === 200 ? { ...outcome, events: [] } : outcome
      },
    }
    assert.throws(
      () => playSideBySide(commands, createFast(), wrong),
      (error) => error instanceof Difference && error.steps === 200,
    )
  })
})

describe('replay', () => {
  it('reproduces the state hash and every event', () => {
    const commands = randomCommands(99, 3000)
    const first = createFast()
    const second = createFast()
    const outcomes = commands.map((command) => first.execute(command))
    assert.deepEqual(
      commands.map((command) => second.execute(command)),
      outcomes,
    )
    assert.equal(hashState(second.dump()), hashState(first.dump()))
  })
})
