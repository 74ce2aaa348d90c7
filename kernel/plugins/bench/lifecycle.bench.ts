/**
 * How long it takes to change a product in the running platform, and whether anybody notices: the real kernel, engine,
 * database and front door, a small plugin with a table, routes, a channel and a page. `--cycles N` of enabling and
 * disabling; `--upgrades N` to versions with a column more, each tenth with changed pages, under `--callers N`.
 */
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { machine, median, percentile, rounded } from '../../../test/bench/figures.ts'
import { createTestKernel } from '../../testing/index.ts'
import { disablePlugin, enablePlugin, upgradePlugin, type Operation } from '../routes.ts'
import {
  fixturePlugins,
  manifestSource,
  pingRoute,
  serverSource,
  type FixtureFiles,
} from '../test/fixture.ts'
import type { Calling, CallersOrder, Tally } from './callers.ts'

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '30' },
    upgrades: { type: 'string', default: '100' },
    callers: { type: 'string', default: '50' },
  },
})
const cycles = Number(values.cycles)
const upgrades = Number(values.upgrades)
const callers = Number(values.callers)
const QUIET_MS = 5_000
const PAGES_EVERY = 10
const sample = { pluginId: 'sample' }

const plugins = await fixturePlugins()
await plugins.write('sample')
const kernel = await createTestKernel({ pluginsDirectory: plugins.directory })
const samples = new Map<string, number[]>()

function add(name: string, value: number): void {
  const list = samples.get(name)
  if (list) list.push(value)
  else samples.set(name, [value])
}

function keep(prefix: string, operation: Operation): void {
  if (operation.state !== 'done') throw new Error(`${operation.action} failed: ${operation.reason}`)
  for (const { name, ms } of operation.steps) if (ms !== null) add(`${prefix}: ${name}`, ms)
  const flip = operation.steps.find(({ name }) => name === 'flip')?.detail
  const micros = /^(\d+) µs/.exec(flip ?? '')?.[1]
  if (micros !== undefined) add(`${prefix}: flip, its one turn`, Number(micros) / 1000)
}

/** From the operator's call to the first answer of the plugin's route over HTTP. */
async function timedEnable(prefix: string): Promise<void> {
  const startedAt = performance.now()
  const operation = await kernel.call(enablePlugin, sample)
  const { status } = await fetch(`${kernel.origin}/api/sample/ping`)
  add(`${prefix}: until its route answers`, performance.now() - startedAt)
  if (status !== 200) throw new Error(`The route answers ${status}.`)
  keep(prefix, operation)
}

const columns: Record<string, string> = {}

/** The next version: it answers its number and brings a migration; each tenth has another page. */
function release(number: number): FixtureFiles {
  columns[`migrations/${String(number + 1).padStart(4, '0')}-more.ts`] = `
    export const up = (knex) => knex.schema.alterTable('sample_notes', (columns) => columns.integer('n${number}'))
    export const down = (knex) => knex.schema.alterTable('sample_notes', (columns) => columns.dropColumn('n${number}'))`
  const edition = Math.floor(number / PAGES_EVERY)
  return {
    ...columns,
    'plugin.ts': manifestSource('sample', { version: `1.0.${number}` }),
    'server/server.ts': serverSource(number),
    'portal/SampleHomePage.vue': `<template><p class="p-7">Edition ${edition}</p></template>`,
  }
}

async function startCallers(): Promise<{ order(what: CallersOrder): void; told(): Promise<Tally> }> {
  const { cookie } = await kernel.createUser()
  const workerData: Calling = { origin: kernel.origin, cookie, callers }
  const worker = new Worker(new URL('callers.ts', import.meta.url), { workerData })
  return {
    order: (what) => worker.postMessage(what),
    told: async () => ((await once(worker, 'message')) as [Tally])[0],
  }
}

async function tallyOf(work: () => Promise<unknown>): Promise<Tally> {
  load.order('begin')
  await work()
  load.order('end')
  return load.told()
}

async function upgradeAll(): Promise<void> {
  for (let number = 1; number <= upgrades; number++) {
    await plugins.write('sample', release(number))
    const version = `1.0.${number}`
    keep('upgrade', await kernel.call(upgradePlugin, { ...sample, version }))
    const serving = (await kernel.call(pingRoute('sample'), {})).version
    if (serving !== number) throw new Error(`Version ${number} was to serve, ${serving} does.`)
  }
}

await timedEnable('first enable')
for (let cycle = 0; cycle < cycles; cycle++) {
  keep('disable', await kernel.call(disablePlugin, sample))
  await timedEnable('enable')
}

const load = await startCallers()
// Until the callers' connections are open and their code is compiled.
await tallyOf(() => new Promise((resolve) => setTimeout(resolve, 1_000)))
const quiet = await tallyOf(() => new Promise((resolve) => setTimeout(resolve, QUIET_MS)))
const startedAt = performance.now()
const busy = await tallyOf(upgradeAll)
const upgradingMs = performance.now() - startedAt
load.order('stop')
const total = await load.told()
const [counted] = await kernel.parts.database('sample_notes').count('* as rows')
const rows = Number(counted?.rows)
await kernel.stop()
await plugins.dispose()

const at = (name: string, share: number): number => percentile(samples.get(name) ?? [], share)
console.log(
  `lifecycle: ${cycles} times enabled, ${upgrades} upgrades (each a migration, every ${PAGES_EVERY}th new pages) ` +
    `under ${callers} callers in ${(upgradingMs / 1000).toFixed(0)} s, ${machine}`,
)
const print = (name: string, of: readonly number[]): void => {
  const cells = [0, 0.5, 0.95, 1].map((share) => percentile(of, share).toFixed(2).padStart(10))
  console.log(name.padEnd(40) + cells.join(''))
}
console.log('milliseconds'.padEnd(40) + ['min', 'median', 'p95', 'max'].map((c) => c.padStart(10)).join(''))
for (const [name, of] of samples) print(name, of)
print('a call, nothing changes', quiet.latenciesMs)
print('a call, while upgraded', busy.latenciesMs)
const { failures, written } = total
console.log(
  `${busy.latenciesMs.length} calls while upgraded, ${failures.length} failed; ${written} rows written, ${rows} found`,
)
for (const failure of failures.slice(0, 5)) console.log(`  ${failure}`)
if (rows !== written) process.exitCode = 1

const figures = {
  failed_requests: failures.length,
  calls_while_upgraded: busy.latenciesMs.length,
  rows_lost: written - rows,
  upgrades,
  callers,
  flip_us: rounded(median(samples.get('upgrade: flip, its one turn') ?? []) * 1000),
  flip_min_us: rounded(at('upgrade: flip, its one turn', 0) * 1000),
  flip_p95_us: rounded(at('upgrade: flip, its one turn', 0.95) * 1000),
  drain_ms: rounded(at('upgrade: drain', 0.5), 2),
  drain_p95_ms: rounded(at('upgrade: drain', 0.95), 2),
  first_enable_route_ms: rounded(at('first enable: until its route answers', 0.5)),
  enable_route_ms: rounded(at('enable: until its route answers', 0.5), 1),
  enable_route_p95_ms: rounded(at('enable: until its route answers', 0.95), 1),
  call_quiet_p99_ms: rounded(percentile(quiet.latenciesMs, 0.99), 1),
  call_upgrading_p99_ms: rounded(percentile(busy.latenciesMs, 0.99), 1),
  call_upgrading_max_ms: rounded(percentile(busy.latenciesMs, 1), 1),
}
console.log(JSON.stringify({ bench: 'lifecycle', figures }))
