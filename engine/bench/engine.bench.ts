/**
 * What the engine is worth, in one run: matching in process against the same thing in C++, then durable over the socket
 * against the disk itself, then whether it stays so with larger books. `--only w1,w2,…` does a part, `--quick` a shorter
 * one.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { provideCompiler } from '../../kernel/setup/debian-packages.ts'
import { SetupError } from '../../kernel/setup/index.ts'
import { dataDirectory } from '../../kernel/setup/place.ts'
import { machine } from '../../test/bench/figures.ts'
import { measuredCore } from './child-process.ts'
import { buildYardstick, measureMatching } from './matching.ts'
import { COMMANDS_DEFAULT, workloadKinds, type WorkloadName } from './workload.ts'

const parts = ['w1', 'w2', 'w3'] as const
type Part = (typeof parts)[number]
type Figures = Record<string, number>

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: parts.join(',') },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    passes: { type: 'string' },
    commands: { type: 'string' },
    folder: { type: 'string', default: join(dataDirectory, 'bench') },
  },
})
const count = (value: string | undefined, usual: number, quick: number): number =>
  value === undefined ? (values.quick ? quick : usual) : Number(value)
const rounds = count(values.rounds, 3, 1)
const passes = count(values.passes, 6, 4)
const commands = count(values.commands, COMMANDS_DEFAULT, COMMANDS_DEFAULT)
const { folder } = values

function chosenParts(): Part[] {
  const chosen = values.only.split(',')
  const unknown = chosen.find((name) => !parts.includes(name as Part))
  if (unknown !== undefined) throw new SetupError(`--only takes some of ${parts.join(', ')}, not ${unknown}.`)
  return parts.filter((part) => chosen.includes(part))
}

async function runMatching(names: readonly WorkloadName[]): Promise<Figures> {
  if (names.length === 0) return {}
  const { yardstick, build } = buildYardstick(await provideCompiler(), folder)
  console.log(
    `\nmatching with risk and balances, one thread${measuredCore === undefined ? '' : ` on core ${measuredCore}`}, in turn with ` +
      `reference.cpp (${build}): ${commands} commands, ${rounds} rounds of ${passes} passes, the first two not counted`,
  )
  for (const name of names) console.log(`  ${name}: ${workloadKinds[name].what}`)
  console.log(
    'million commands a second of processor time and of the clock, and trades / checksums of trades, book, balances',
  )
  console.log('     engine        reference      ratio   clock  of both')
  const figures: Figures = {}
  for (const name of names) {
    const { ratio, perCpuSecond } = await measureMatching(name, {
      folder,
      yardstick,
      commands,
      rounds,
      passes,
    })
    figures[`ratio_${name}`] = ratio
    figures[`per_cpu_second_${name}`] = Math.round(perCpuSecond)
  }
  return figures
}

async function main(): Promise<void> {
  const chosen = chosenParts()
  mkdirSync(folder, { recursive: true })
  console.log(`engine: ${machine}`)
  const figures = await runMatching(chosen.filter((part) => part in workloadKinds))
  console.log(JSON.stringify({ bench: 'engine', figures }))
}

try {
  await main()
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
