/**
 * How long it takes to change a product in the running platform: the real kernel, engine, database and front door, a
 * small plugin with a table, routes, a channel and a page. `--cycles N`, `--callers N` in flight while it is replaced.
 */
import { cpus } from 'node:os'
import { Agent, get } from 'node:http'
import { parseArgs } from 'node:util'
import { createTestKernel } from '../../testing/index.ts'
import { disablePlugin, enablePlugin, reloadPlugin, type Operation } from '../routes.ts'
import { fixturePlugins, serverSource } from '../test/fixture.ts'

const { values } = parseArgs({
  options: { cycles: { type: 'string', default: '30' }, callers: { type: 'string', default: '20' } },
})
const cycles = Number(values.cycles)
const callers = Number(values.callers)
const sample = { pluginId: 'sample' }

const plugins = await fixturePlugins()
await plugins.write('sample')
const kernel = await createTestKernel({ pluginsDirectory: plugins.directory })
const agent = new Agent({ keepAlive: true, maxSockets: callers + 1 })
const samples = new Map<string, number[]>()

function add(name: string, value: number): void {
  const list = samples.get(name) ?? []
  samples.set(name, [...list, value])
}

function statusOf(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(`${kernel.origin}/api${path}`, { agent }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    }).on('error', reject)
  })
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
  const status = await statusOf('/sample/ping')
  add(`${prefix}: until its route answers`, performance.now() - startedAt)
  if (status !== 200) throw new Error(`The route answers ${status}.`)
  keep(prefix, operation)
}

const tally = { answered: 0, failed: 0 }
async function replaceUnderLoad(): Promise<void> {
  let isOver = false
  const caller = async (): Promise<void> => {
    while (!isOver) {
      if ((await statusOf('/sample/ping')) === 200) tally.answered += 1
      else tally.failed += 1
    }
  }
  const calling = Array.from({ length: callers }, caller)
  for (let cycle = 0; cycle < cycles; cycle++) {
    await plugins.write('sample', { 'server/server.ts': serverSource(cycle + 2) })
    keep('replace under load', await kernel.call(reloadPlugin, sample))
  }
  isOver = true
  await Promise.all(calling)
}

await timedEnable('first enable')
keep('disable', await kernel.call(disablePlugin, sample))
for (let cycle = 0; cycle < cycles; cycle++) {
  await timedEnable('enable')
  if (cycle < cycles - 1) keep('disable', await kernel.call(disablePlugin, sample))
}
await replaceUnderLoad()
agent.destroy()
await kernel.stop()
await plugins.dispose()

const percentile = (name: string, part: number): number => {
  const sorted = (samples.get(name) ?? []).toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}
const rounded = (value: number): number => Math.round(value * 1000) / 1000

console.log(
  `lifecycle: ${cycles} cycles, ${callers} callers, ${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`,
)
console.log(`${'milliseconds'.padEnd(40)} ${'median'.padStart(10)} ${'p95'.padStart(10)}`)
for (const name of samples.keys()) {
  const [median, p95] = [percentile(name, 0.5), percentile(name, 0.95)].map((value) =>
    value.toFixed(2).padStart(10),
  )
  console.log(`${name.padEnd(40)} ${median} ${p95}`)
}
console.log(`under load: ${tally.answered} answered, ${tally.failed} failed`)
const figures = {
  first_enable_route_ms: rounded(percentile('first enable: until its route answers', 0.5)),
  enable_route_ms: rounded(percentile('enable: until its route answers', 0.5)),
  flip_us: rounded(percentile('enable: flip, its one turn', 0.5) * 1000),
  drain_ms: rounded(percentile('replace under load: drain', 0.5)),
  failed_requests: tally.failed,
}
console.log(JSON.stringify({ bench: 'lifecycle', figures }))
