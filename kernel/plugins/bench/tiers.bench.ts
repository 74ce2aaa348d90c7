/**
 * What it costs to run a plugin apart from the kernel: start, round trip of a call, a statement and a posting-like
 * transaction, memory, and how long a crash keeps it from serving. The real kernel, engine, database and front door;
 * `--calls N` a tier, `--starts N`, `--crashes N`.
 */
import { cpus, loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import * as schema from 'typebox'
import { route } from '../../contract/index.ts'
import { createTestKernel } from '../../testing/index.ts'
import { isolatePlugin, showHealth, type Operation } from '../routes.ts'
import type { Tier } from '../plugin-tier.ts'
import { fixturePlugins, manifestSource, pingRoute, routesSource } from '../test/fixture.ts'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '2000' },
    starts: { type: 'string', default: '5' },
    crashes: { type: 'string', default: '3' },
  },
})
const calls = Number(values.calls)
const starts = Number(values.starts)
const crashes = Number(values.crashes)
const RESTART_MIN_MS = 1_000

const act = route({
  action: 'sample.notes.write',
  rest: 'POST /sample/notes',
  summary: 'Writes a note',
  permission: 'sample.notes.write',
  params: schema.Object({ text: schema.String() }),
  result: schema.Object({ id: schema.Integer() }),
  errors: [],
})

const server = `
  import { implement, type StartPlugin } from '@cambium/kernel'
  import { ping, write } from '../routes/pings.ts'
  export const start: StartPlugin = async (kernel) => {
    const { database, generation } = kernel
    const acts = {
      select: async () => { await database('sample_notes').where({ id: 1 }).first(); return 1 },
      insert: async () => database.transaction(async (trx) => (await trx('sample_notes').insert({ text: 'x' }))[0] ?? 0),
      exit: async () => { process.exit(1) },
    }
    return { implementations: [
      implement(ping, async () => ({ version: 1, generation })),
      implement(write, async ({ params: { text } }) => ({ id: await acts[text]() })),
    ] }
  }`

const plugins = await fixturePlugins()
await plugins.write('sample', {
  'plugin.ts': manifestSource('sample'),
  'routes/pings.ts': routesSource('sample'),
  'server/server.ts': server,
})
const kernel = await createTestKernel({
  pluginsDirectory: plugins.directory,
  plugins: ['sample'],
  isolation: { restartMinMs: RESTART_MIN_MS },
})
const ping = pingRoute('sample')
const rows: (readonly [tier: string, figure: string, median: number, p95: number])[] = []

function keep(tier: Tier, figure: string, samples: number[]): void {
  const sorted = samples.toSorted((left, right) => left - right)
  const at = (share: number): number =>
    sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] ?? 0
  rows.push([tier, figure, at(0.5), at(0.95)])
}

async function timed(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const samples: number[] = []
  for (let index = 0; index < count; index++) {
    const startedAt = performance.now()
    await work()
    samples.push(performance.now() - startedAt)
  }
  return samples
}

async function isolate(tier: Tier): Promise<Operation> {
  const operation = await kernel.call(isolatePlugin, { pluginId: 'sample', tier })
  if (operation.state !== 'done') throw new Error(operation.reason ?? 'failed')
  return operation
}

async function measure(tier: Tier): Promise<void> {
  const startMs: number[] = []
  for (let index = 0; index < starts; index++) {
    if (index > 0 || tier === 'inline') await isolate(tier === 'inline' ? 'worker' : 'inline')
    const { steps } = await isolate(tier)
    startMs.push(steps.find(({ name }) => name === 'start')?.ms ?? 0)
  }
  keep(tier, 'start, ms', startMs)
  await timed(200, () => kernel.call(ping, {}))
  const roundTripsMs = await timed(calls, () => kernel.call(ping, {}))
  keep(
    tier,
    'call, µs',
    roundTripsMs.map((ms) => ms * 1_000),
  )
  for (const text of ['select', 'insert']) {
    const samples = await timed(calls / 4, () => kernel.call(act, { text }))
    keep(
      tier,
      `call with ${text === 'select' ? 'one select' : 'an insert in a transaction'}, µs`,
      samples.map((ms) => ms * 1_000),
    )
  }
  if (tier === 'inline') return
  const { heapBytes } = await kernel.call(showHealth, { pluginId: 'sample' })
  keep(tier, 'memory, MB', [(heapBytes ?? 0) / 1024 / 1024])
  await crash(tier)
}

/** How long until its caller is told of a crash, and until it serves again. Each start of the tier forgets the crashes before. */
async function crash(tier: Tier): Promise<void> {
  const toldMs: number[] = []
  const servingMs: number[] = []
  for (let index = 0; index < crashes; index++) {
    if (index > 0) {
      await isolate('inline')
      await isolate(tier)
    }
    const startedAt = performance.now()
    await kernel.call(act, { text: 'exit' }).catch(() => undefined)
    toldMs.push(performance.now() - startedAt)
    while (!(await isServing())) await pause(5)
    servingMs.push(performance.now() - startedAt - RESTART_MIN_MS)
  }
  keep(tier, 'crash → its caller is told, ms', toldMs)
  keep(tier, `crash → serving again, ms (and ${RESTART_MIN_MS} of pause)`, servingMs)
}

function isServing(): Promise<boolean> {
  return kernel.call(ping, {}).then(
    () => true,
    () => false,
  )
}

const load = loadavg()[0] ?? 0
for (const tier of ['inline', 'worker', 'process'] as const) await measure(tier)
await kernel.stop()
await plugins.dispose()

console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, load ${load.toFixed(1)}, Node ${process.version}, ${calls} calls a tier`,
)
for (const [tier, figure, median, p95] of rows) {
  console.log(
    `${tier.padEnd(8)} ${figure.padEnd(48)} median ${median.toFixed(1).padStart(9)}  p95 ${p95.toFixed(1).padStart(9)}`,
  )
}
/** `call, µs` of the worker tier is `worker_call_us`. */
const nameOf = (tier: string, figure: string): string => {
  const words = figure
    .replace(/ \(.*\)/, '')
    .replace('µs', 'us')
    .replace('→', 'to')
  return [tier, ...words.split(/[^A-Za-z]+/)].join('_').toLowerCase()
}
const figures = Object.fromEntries(
  rows.map(([tier, figure, median]) => [nameOf(tier, figure), Number(median.toFixed(2))]),
)
console.log(JSON.stringify({ bench: 'tiers', figures }))
