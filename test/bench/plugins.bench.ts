/**
 * What changing, isolating and having many plugins costs: every part is a benchmark of its own in a process of its own,
 * one after the other. `--only lifecycle,painted` runs some, `--quick` all of them with few repetitions.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { machine, rounded } from './figures.ts'

interface Part {
  readonly name: string
  readonly file: string
  readonly quick: readonly string[]
}

const inKernel = (name: string): string => `kernel/plugins/bench/${name}.bench.ts`
const parts: readonly Part[] = [
  { name: 'lifecycle', file: inKernel('lifecycle'), quick: ['--cycles', '3', '--upgrades', '10'] },
  { name: 'painted', file: 'test/bench/painted.bench.ts', quick: ['--cycles', '3'] },
  {
    name: 'reload-heap',
    file: inKernel('reload-heap'),
    quick: ['--reloads', '50', '--points', '5'],
  },
  {
    name: 'request-cost',
    file: inKernel('request-cost'),
    quick: ['--rounds', '3', '--requests', '1000'],
  },
  {
    name: 'tiers',
    file: inKernel('tiers'),
    quick: ['--calls', '200', '--starts', '1', '--crashes', '1'],
  },
]
type Figures = Record<string, number>

const { values } = parseArgs({
  options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } },
})
const root = path.resolve(import.meta.dirname, '../..')
const names = values.only?.split(',') ?? parts.map(({ name }) => name)
const unknown = names.filter((name) => !parts.some((part) => part.name === name))
if (unknown.length > 0) {
  console.error(
    `There is no part ${unknown.join(', ')}; there are: ${parts.map(({ name }) => name).join(', ')}.`,
  )
  process.exit(1)
}

/** Shows what the part prints, all but its last line: that is the part's figures. */
async function run({ name, file, quick }: Part): Promise<Figures> {
  const startedAt = performance.now()
  console.log(`\n— ${name}, load ${loadavg()[0]?.toFixed(1)}`)
  const options = values.quick ? quick : []
  const child = spawn(process.execPath, [file, ...options], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let last = ''
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (last !== '') console.log(last)
    last = line
  })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${name} ended with code ${code}. ${last}`)
  console.log(`${name} took ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
  return (JSON.parse(last) as { figures: Figures }).figures
}

console.log(`plugins${values.quick ? ', quick: too few repetitions to quote' : ''}, ${machine}`)
const figures: Figures = { load: rounded(loadavg()[0] ?? 0, 1) }
for (const part of parts.filter(({ name }) => names.includes(name))) {
  try {
    Object.assign(figures, await run(part))
  } catch (error) {
    // What the others measure is worth having all the same.
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
console.log(JSON.stringify({ bench: 'plugins', figures }))
