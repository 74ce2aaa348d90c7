/**
 * Random trading from a seed, played on the fast and on the naive engine side by side: `npm run simulate -- --seed N`.
 * It ends with code 1 at the first difference and prints, one command a line, the shortest history it finds that shows it.
 * `--seconds` goes on with the following seeds until the time is over; `--kill` kills engine processes instead, `--crash`
 * those of a primary and its standby.
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { simulateCrashes } from './simulate-crashes.ts'
import { simulateKills } from './simulate-kills.ts'
import { randomCommands } from './test/random-commands.ts'
import { Difference, playSideBySide, reduce } from './test/side-by-side.ts'
import { createFast, createNaive, createRestored, type Twin } from './test/twins.ts'

const RESTORE_EVERY = 101

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    steps: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '0' },
    kill: { type: 'string', default: '0' },
    crash: { type: 'string', default: '0' },
  },
})

const seedFirst = values.seed === undefined ? randomInt(2 ** 31) : wholeNumber('seed', values.seed)
const steps = wholeNumber('steps', values.steps)
const seconds = wholeNumber('seconds', values.seconds)
const kills = wholeNumber('kill', values.kill)
const crashes = wholeNumber('crash', values.crash)
const deadline = performance.now() + seconds * 1000

if (kills > 0) {
  await simulateKills(kills, { seed: seedFirst, seconds })
  process.exit()
}
if (crashes > 0) {
  await simulateCrashes(crashes, seedFirst)
  process.exit()
}
let seed = seedFirst
do {
  if (!playSeed(seed)) process.exit(1)
  seed += 1
} while (performance.now() < deadline)
const seeds = seed - seedFirst
console.log(`${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, ${seeds * steps} commands, no difference`)

function playSeed(chosen: number): boolean {
  const startedAt = performance.now()
  const commands = randomCommands(chosen, steps)
  // Every fourth seed saves and loads the fast engine all the time.
  const create = chosen % 4 === 3 ? (): Twin => createRestored(RESTORE_EVERY) : createFast
  try {
    const outcomes = playSideBySide(commands, create(), createNaive())
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
    const { commands: shortest, difference } = reduce(commands, [create, createNaive])
    console.log(`\nThe same in ${shortest.length} commands, at ${difference.message}\n`)
    for (const command of shortest) console.log(JSON.stringify(command))
    console.log(`\nAgain: npm run simulate -- --seed ${chosen} --steps ${steps}`)
    return false
  }
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$|^[12]\d{9}$/.test(text)) return Number.parseInt(text, 10)
  console.error(`--${name} is "${text}" and must be a whole number.`)
  process.exit(1)
}
