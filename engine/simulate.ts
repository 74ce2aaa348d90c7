/**
 * Random trading from a seed, played on the fast and on the naive engine side by side: `npm run simulate -- --seed N`.
 * It ends with code 1 at the first difference and prints the command that shows it again. `--seconds` goes on with the
 * following seeds until the time is over.
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { randomCommands } from './test/random-commands.ts'
import { Difference, playSideBySide } from './test/side-by-side.ts'
import { createFast, createNaive } from './test/twins.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    steps: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '0' },
  },
})

const seedFirst = values.seed === undefined ? randomInt(2 ** 31) : wholeNumber('seed', values.seed)
const steps = wholeNumber('steps', values.steps)
const seconds = wholeNumber('seconds', values.seconds)
const deadline = performance.now() + seconds * 1000

let seed = seedFirst
do {
  if (!playSeed(seed)) process.exit(1)
  seed += 1
} while (performance.now() < deadline)

function playSeed(chosen: number): boolean {
  const startedAt = performance.now()
  try {
    const outcomes = playSideBySide(randomCommands(chosen, steps), createFast(), createNaive())
    const events = outcomes.flatMap((outcome) => outcome.events)
    const trades = events.filter(({ event }) => event === 'trade').length
    const ms = Math.round(performance.now() - startedAt)
    console.log(
      `seed ${chosen}  ${steps} steps  ${events.length} events  ${trades} trades  both engines agree  ${ms} ms`,
    )
    return true
  } catch (error) {
    if (!(error instanceof Difference)) throw error
    console.log(`seed ${chosen}  ${steps} steps  the engines differ at ${error.message}`)
    console.log(`Again: npm run simulate -- --seed ${chosen} --steps ${steps}`)
    return false
  }
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$|^[12]\d{9}$/.test(text)) return Number.parseInt(text, 10)
  console.error(`--${name} is "${text}" and must be a whole number.`)
  process.exit(1)
}
