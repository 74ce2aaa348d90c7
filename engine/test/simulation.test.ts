import assert from 'node:assert/strict'
import { hashState } from '../core/state-hash.ts'
import type { Rules } from '../naive/rules.ts'
import { randomCommands } from './random-commands.ts'
import { Difference, playSideBySide, reduce } from './side-by-side.ts'
import { createFast, createNaive, createRestored, type Twin } from './twins.ts'

const seeds = Array.from({ length: 6 }, (_, n) => n + 1)
const commandsEach = 700

describe('simulation', () => {
  for (const seed of seeds) {
    it(`finds both engines equal and every invariant kept for seed ${seed}`, () => {
      const outcomes = playSideBySide(randomCommands(seed, commandsEach), createFast(), createNaive())
      const trades = outcomes.flatMap(({ events }) => events).filter(({ event }) => event === 'trade')
      assert.ok(trades.length >= 25, `the stream has ${trades.length} trades`)
    })
  }

  it('finds an engine equal that is saved and loaded all the time', () => {
    playSideBySide(randomCommands(77, 2000), createRestored(97), createNaive())
  })

  it('stops at the first command that two engines answer differently', () => {
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
      () => playSideBySide(commands, createNaive(), wrong),
      (error) => error instanceof Difference && error.steps === 200,
    )
  })

  it('reduces a history to the few commands that show a difference', () => {
    const broken = (): Twin => createNaive({ isReached: () => true })
    const { commands, difference } = reduce(randomCommands(3, 400), [createNaive, broken], 400)
    assert.ok(commands.length < 12, `${commands.length} commands are left`)
    assert.equal(difference.steps, commands.length)
  })
})

/** Each is a plausible mistake; a simulation that lets one pass is not worth its time. */
const mistakes: readonly (readonly [string, Partial<Rules>])[] = [
  [
    'fees rounded down',
    { fee: (received, ppm, unit) => ((received * BigInt(ppm)) / (unit * 1_000_000n)) * unit },
  ],
  [
    'a discount rounded down',
    { discounted: (fee, ppm, unit) => ((fee * BigInt(1e6 - ppm)) / (unit * 1_000_000n)) * unit },
  ],
  ['fee tiers ignored', { feeTier: () => 0 }],
  [
    'new orders before older ones of their price',
    { standsBefore: (side, a, b) => (side === 'buy' ? a >= b : a <= b) },
  ],
  ['an amended order that always moves', { keepsPlace: () => false }],
  [
    'an amended order that keeps its place with a larger quantity',
    { keepsPlace: (order, price) => price === order.price },
  ],
  ['the next part of an iceberg in front', { nextPart: 'front' }],
  [
    'an iceberg that shows a full part after each trade',
    { shownAfter: (_shown, _lost, nextPart) => nextPart },
  ],
  [
    'a trigger that must be passed',
    {
      isReached: (order, trigger, price) =>
        (order.side === 'buy') === order.type.startsWith('stop') ? price > trigger : price < trigger,
    },
  ],
  ['a trail that stays where it began', { extreme: (_side, extreme) => extreme }],
  [
    'a trail that is left at once',
    { hasFallenBack: (side, extreme, _bips, price) => (side === 'sell' ? price < extreme : price > extreme) },
  ],
  ['a pair held for twice', { pairHold: (one, other) => one + other }],
  ['a leg that outlives the trade of the other', { cancelsSibling: (cause) => cause !== 'trade' }],
  ['a leg that outlives the trigger of the other', { cancelsSibling: (cause) => cause !== 'trigger' }],
  ['a leg that outlives the end of the other', { cancelsSibling: (cause) => cause !== 'end' }],
  ['trade groups ignored', { isSameOwner: (account, _group, other) => account === other }],
  ['an expiry a moment late', { isExpired: (expiresAt, time) => expiresAt < time }],
  ['the older order of an uncross as its taker', { isTaker: (order, other) => order < other }],
  ['one order too many', { isAbove: (count, max) => count > max + 1 }],
]

describe('simulation of a mistake', () => {
  for (const [mistake, broken] of mistakes) {
    it(`notices ${mistake}`, () => {
      const isNoticed = Array.from({ length: 40 }, (_, n) => n + 1).some((seed) => {
        try {
          playSideBySide(randomCommands(seed, commandsEach), createNaive(), createNaive(broken))
          return false
        } catch (error) {
          return error instanceof Difference
        }
      })
      assert.ok(isNoticed, 'no seed shows it')
    })
  }
})

describe('replay', () => {
  it('reproduces every event and the state hash', () => {
    const commands = randomCommands(99, 3000)
    // One after the other: an engine is made to be alone in its process.
    const [first, second] = [1, 2].map(() => {
      const twin = createFast()
      const outcomes = commands.map((command) => twin.execute(command))
      return { outcomes, hash: hashState(twin.dump()) }
    })
    assert.deepEqual(second, first)
  })
})
