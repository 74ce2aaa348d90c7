import assert from 'node:assert/strict'
import type { Command } from '../messages/command.ts'
import type { Outcome } from '../messages/event.ts'
import { hashState } from '../core/state-hash.ts'
import { assertConserved, type Twin } from './twins.ts'

/** Two engines answered a command differently, ended in different states, or lost money. */
export class Difference extends Error {
  override readonly name = 'Difference'
  /** How many commands a stream needs to show it again. */
  readonly steps: number

  constructor(steps: number, command: Command | undefined, cause: Error) {
    super(`command ${steps}: ${JSON.stringify(command)}\n${cause.message}`, { cause })
    this.steps = steps
  }
}

const CONSERVATION_EVERY = 100

/** Gives each command to both engines and throws at the first difference. Answers the outcomes they agreed on. */
export function playSideBySide(commands: readonly Command[], first: Twin, second: Twin): Outcome[] {
  const outcomes: Outcome[] = []
  const check = (step: number, rule: () => void): void => {
    try {
      rule()
    } catch (error) {
      throw new Difference(step, commands[step - 1], error as Error)
    }
  }
  for (const [n, command] of commands.entries()) {
    check(n + 1, () => {
      outcomes.push(first.execute(command))
      assert.deepEqual(outcomes[n], second.execute(command))
      if (n % CONSERVATION_EVERY === 0) assertConserved(first.dump(), outcomes)
    })
  }
  check(commands.length, () => {
    assert.equal(hashState(first.dump()), hashState(second.dump()))
    assertConserved(first.dump(), outcomes)
  })
  return outcomes
}
