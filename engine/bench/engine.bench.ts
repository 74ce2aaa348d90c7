/**
 * What the engine is worth, in one run: matching in process against the same thing in C++, then durable over the socket
 * against the disk itself, then whether it stays so with larger books and in long runs. `--only w1,durable,…` does a part,
 * `--quick` a shorter one, `--minutes 10` a long run for garbage collection, `--chart` renews the chart of the README.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { provideCompiler } from '../../kernel/setup/debian-packages.ts'
import { SetupError } from '../../kernel/setup/setup-error.ts'
import { dataDirectory } from '../../kernel/setup/place.ts'
import { machine, rounded } from '../../test/bench/figures.ts'
import { LineProcess, measuredCore } from './child-process.ts'
import { measureCollections } from './collection.ts'
import { measureLatency, measureSingle, measureThroughput, provideScript } from './durable.ts'
import type { Cost, Size } from './flatness.ts'
import { drawLatency } from './latency-chart.ts'
import { buildYardstick, measureMatching } from './matching.ts'
import type { Script } from './player.ts'
import { COMMANDS_DEFAULT, provideWorkload, workloadKinds, type WorkloadName } from './workload.ts'

const parts = ['w1', 'w2', 'w3', 'durable', 'latency', 'single', 'flat', 'collection'] as const
type Part = (typeof parts)[number]
type Figures = Record<string, number>

/** What matching in process is to reach of the yardstick; durable over the socket, half of that. */
const RATIO_GOAL = 0.75

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: parts.join(',') },
    quick: { type: 'boolean', default: false },
    chart: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    passes: { type: 'string' },
    minutes: { type: 'string' },
    folder: { type: 'string', default: join(dataDirectory, 'bench') },
  },
})
const { folder } = values
const amount = (value: string | undefined, usual: number, quick: number): number =>
  value === undefined ? (values.quick ? quick : usual) : Number(value)

function chosenParts(): Part[] {
  const chosen = values.only.split(',')
  const unknown = chosen.find((name) => !parts.includes(name as Part))
  if (unknown !== undefined) throw new SetupError(`--only takes some of ${parts.join(', ')}, not ${unknown}.`)
  return parts.filter((part) => chosen.includes(part))
}

async function runMatching(names: readonly WorkloadName[]): Promise<Figures> {
  const rounds = amount(values.rounds, 3, 1)
  const passes = amount(values.passes, 6, 4)
  const { yardstick, build } = buildYardstick(await provideCompiler(), folder)
  const core = measuredCore === undefined ? 'not kept on one core' : `on core ${measuredCore}`
  console.log(`\nmatching with risk and balances, one thread ${core}, in turn with reference.cpp (${build});`)
  console.log(
    `${COMMANDS_DEFAULT} commands, ${rounds} rounds of ${passes} passes, the first two of each not counted`,
  )
  for (const name of names) console.log(`  ${name}: ${workloadKinds[name].what}`)
  console.log('million commands a second of processor time, and of the clock; what both led to:')
  console.log('trades / checksum of the trades / hash of the book / hash of the balances')
  console.log('     engine         reference       ratio  clock')
  const figures: Figures = {}
  for (const name of names) {
    const { ratio, perCpuSecond } = await measureMatching(name, {
      folder,
      yardstick,
      rounds,
      passes,
      commands: COMMANDS_DEFAULT,
    })
    figures[`ratio_${name}`] = ratio
    figures[`per_cpu_second_${name}`] = Math.round(perCpuSecond)
  }
  return figures
}

async function runThroughput(script: Script, figures: Figures): Promise<Figures> {
  const measured = await measureThroughput(folder, script)
  const [perSecond, perCpuSecond] = [Math.round(measured.perSecond), Math.round(measured.perCpuSecond)]
  const replay = [Math.round(measured.replayPerSecond), Math.round(measured.replayPerCpuSecond)] as const
  console.log(
    '\ndurable over the socket, w1 in frames of 1,024 from another process, each answered when it is on disk,',
  )
  console.log(
    "a second by the clock, and of processor time of the engine's thread (the disk's threads are others):",
  )
  console.log(`  ${perSecond} and ${perCpuSecond} commands; the state is that of the engine in process`)
  console.log(
    `  ${replay[0]} and ${replay[1]} commands of its journal replayed, the start of the process included`,
  )
  Object.assign(figures, { durable_per_second: perSecond, replay_per_second: replay[0] })
  Object.assign(figures, { durable_per_cpu_second: perCpuSecond, replay_per_cpu_second: replay[1] })
  const { per_cpu_second_w1: inProcess, ratio_w1: ratio } = figures
  if (inProcess === undefined || ratio === undefined) return figures
  const durableRatio = rounded(perSecond / inProcess, 3)
  const goalShare = rounded((durableRatio * ratio) / (RATIO_GOAL / 2), 3)
  console.log(
    `  ${durableRatio} of what the same commands reach in process, by the clock here, of processor time there;`,
  )
  console.log(
    `  ${rounded(perCpuSecond / inProcess, 3)} of it by processor time on both sides; ${goalShare} of the goal`,
  )
  return { durable_ratio: durableRatio, durable_over_goal: goalShare }
}

async function runLatency(script: Script): Promise<Figures> {
  const rates = values.quick ? [100_000] : [10_000, 50_000, 100_000, 200_000, 500_000, 1_000_000]
  const seconds = values.quick ? 2 : 1
  const { points, disk } = await measureLatency(folder, script, { rates, seconds })
  console.log(
    '\nfrom when a command was due until its durable answer, in ms, whatever the engine had still to do before it:',
  )
  console.log('offered/s      p50      p90      p99    p99.9')
  const cells = (values: readonly number[]): string =>
    values.map((value) => String(value).padStart(9)).join('')
  for (const { perSecond, p50, p90, p99, p999 } of points) {
    console.log(`${String(perSecond).padStart(9)}${cells([p50, p90, p99, p999])}`)
  }
  console.log(
    `     disk${cells([disk.p50, disk.p90, disk.p99, disk.p999])}   fdatasync of 4 KB, preallocated, in between`,
  )
  const json = JSON.stringify({ machine, disk, points }, null, 2)
  writeFileSync(join(folder, 'latency-by-load.json'), `${json}\n`)
  if (values.chart) writeFileSync(join(import.meta.dirname, 'latency-by-load.svg'), drawLatency(points, disk))
  const { p50, p99 } = points.find(({ perSecond }) => perSecond === 100_000)!
  return {
    sync_p50_over_fdatasync: rounded(p50 / disk.p50, 2),
    sync_p99_over_fdatasync: rounded(p99 / disk.p99, 2),
    sync_p99_over_fdatasync_p50: rounded(p99 / disk.p50, 2),
  }
}

async function runSingle(): Promise<Figures> {
  const { single, sync, roundTrip, overFloor } = await measureSingle(folder, values.quick ? 300 : 1000)
  console.log('\none command at a time, in ms, in turn with what it cannot do without:')
  console.log(`  answered p50 ${single.p50} p99 ${single.p99}; fdatasync p50 ${sync.p50} p99 ${sync.p99};`)
  console.log(`  round trip to a process that gives back the bytes p50 ${roundTrip.p50} p99 ${roundTrip.p99}`)
  console.log(`  ${overFloor} of the two medians together`)
  return { single_over_floor: overFloor }
}

async function measureSizes(sizes: readonly Size[]): Promise<Cost[]> {
  const costs: Cost[] = []
  for (const size of sizes) {
    const program = join(import.meta.dirname, 'flatness-process.ts')
    const child = new LineProcess(process.execPath, [program], { isPinned: true })
    const cost = await child.ask<Cost>(JSON.stringify(size))
    await child.end()
    const { markets, resting, nanoseconds, bytes } = cost
    console.log(
      `${String(markets).padStart(8)} ${String(resting).padStart(8)}  ${nanoseconds.toFixed(0).padStart(6)}  ${bytes.toFixed(0).padStart(6)}`,
    )
    costs.push(cost)
  }
  return costs
}

async function runFlatness(): Promise<Figures> {
  console.log('\namends of any order at random, of processor time:')
  console.log(' markets  resting      ns  bytes an order')
  const byOrders = await measureSizes(
    [1000, 10_000, 100_000, 1_000_000].map((resting) => ({ markets: 1, resting })),
  )
  const byMarkets = await measureSizes([10, 100, 1000].map((markets) => ({ markets, resting: 100_000 })))
  const [small, , outside, large] = byOrders as [Cost, Cost, Cost, Cost]
  return {
    flat_1k_to_1m: rounded(large.nanoseconds / small.nanoseconds, 2),
    flat_100k_to_1m: rounded(large.nanoseconds / outside.nanoseconds, 2),
    flat_1_to_1000_markets: rounded(byMarkets.at(-1)!.nanoseconds / outside.nanoseconds, 2),
    bytes_per_resting_order: Math.round(large.bytes),
  }
}

async function runCollection(): Promise<Figures> {
  const minutes = amount(values.minutes, 0.5, 0.2)
  const { count, longestMs, allMs } = await measureCollections(folder, minutes)
  console.log(
    `\ngarbage collection in the engine's process, ${minutes} minutes of 100,000 commands a second:`,
  )
  console.log(`  ${count} pauses, ${allMs.toFixed(0)} ms together, the longest ${longestMs.toFixed(2)} ms`)
  return { gc_longest_ms: rounded(longestMs, 2), gc_minutes: minutes }
}

async function main(): Promise<void> {
  const chosen = chosenParts()
  mkdirSync(folder, { recursive: true })
  console.log(`engine: ${machine}`)
  const figures: Figures = {}
  const names = chosen.filter((part) => part in workloadKinds) as WorkloadName[]
  if (names.length > 0) Object.assign(figures, await runMatching(names))
  if (chosen.includes('durable') || chosen.includes('latency')) {
    const script = provideScript(provideWorkload(folder, 'w1'))
    if (chosen.includes('durable')) Object.assign(figures, await runThroughput(script, figures))
    if (chosen.includes('latency')) Object.assign(figures, await runLatency(script))
  }
  if (chosen.includes('single')) Object.assign(figures, await runSingle())
  if (chosen.includes('flat')) Object.assign(figures, await runFlatness())
  if (chosen.includes('collection')) Object.assign(figures, await runCollection())
  console.log(JSON.stringify({ bench: 'engine', figures }))
}

try {
  await main()
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
