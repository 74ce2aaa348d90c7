import assert from 'node:assert/strict'
import type { Command } from '../messages/command.ts'
import type { Outcome } from '../messages/event.ts'
import { hashState } from '../core/state-hash.ts'
import { Tally } from './invariants.ts'
import type { Twin } from './twins.ts'

/** Two engines answered a command differently, ended in different states, or broke what must always hold. */
export class Difference extends Error {
  override readonly name = 'Difference'
  /** How many commands of a stream show it. */
  readonly steps: number

  constructor(steps: number, command: Command | undefined, cause: Error) {
    super(`command ${steps}: ${JSON.stringify(command)}\n${cause.message}`, { cause })
    this.steps = steps
  }
}

/** Comparing whole states takes longer than comparing events, and finds the same a little later. */
const STATES_EVERY = 10

/** Gives each command to both engines and throws at the first difference. Answers the outcomes they agreed on. */
export function playSideBySide(commands: readonly Command[], first: Twin, second: Twin): Outcome[] {
  const outcomes: Outcome[] = []
  const tally = new Tally()
  for (const [n, command] of commands.entries()) {
    try {
      const outcome = first.execute(command)
      outcomes.push(outcome)
      assert.deepEqual(outcome, second.execute(command))
      tally.add(outcome)
      const dump = first.dump()
      tally.check(dump)
      if (n % STATES_EVERY > 0 && n < commands.length - 1) continue
      assertSame(dump, second.dump())
      for (const { market } of dump.markets) assert.deepEqual(first.depth(market), second.depth(market))
      assert.equal(first.nextExpiry(), second.nextExpiry())
    } catch (error) {
      throw new Difference(n + 1, command, error as Error)
    }
  }
  return outcomes
}

/** The hash is what counts; where it differs the assertion says where. */
function assertSame(first: ReturnType<Twin['dump']>, second: ReturnType<Twin['dump']>): void {
  if (hashState(first) === hashState(second)) return
  const { balances: _mine, ...rest } = first
  const { balances: _theirs, ...others } = second
  assert.deepEqual(rest, others)
  assert.equal(hashState(first), hashState(second), 'balances')
}

function differenceOf(
  commands: readonly Command[],
  create: readonly [() => Twin, () => Twin],
): Difference | undefined {
  try {
    playSideBySide(commands, create[0](), create[1]())
    return undefined
  } catch (error) {
    if (error instanceof Difference) return error
    throw error
  }
}

/**
 * The shortest history it can find that still shows a difference: it drops runs of commands, halving their length, for as
 * long as that helps. The engines are made anew for each attempt.
 */
export function reduce(
  commands: readonly Command[],
  create: readonly [() => Twin, () => Twin],
  attemptsMax = 2000,
): { commands: readonly Command[]; difference: Difference } {
  let difference = differenceOf(commands, create)
  assert.ok(difference, 'these commands show no difference')
  let shortest = commands.slice(0, difference.steps)
  let attempts = 0
  for (let length = shortest.length >> 1; length > 0 && attempts < attemptsMax;) {
    let hasHelped = false
    for (let start = shortest.length - 1; start >= 0 && attempts < attemptsMax; start -= length) {
      const without = shortest.toSpliced(Math.max(0, start - length), Math.min(length, start))
      if (without.length === shortest.length) continue
      attempts++
      const found = differenceOf(without, create)
      if (!found) continue
      hasHelped = true
      difference = found
      shortest = without.slice(0, found.steps)
    }
    if (!hasHelped || length > 1) length = length === 1 && !hasHelped ? 0 : Math.max(1, length >> 1)
  }
  return { commands: shortest, difference }
}
