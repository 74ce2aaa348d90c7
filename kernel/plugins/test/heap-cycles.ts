/**
 * Enables and disables a plugin many times and prints the heap kept, as JSON: the median slope between the later looks.
 * Run with `--expose-gc --no-opt --no-maglev --no-sparkplug`: machine code of the platform's own busy functions comes and
 * goes by the hundred kilobytes.
 */
import { testServices } from '../../testing/services.ts'
import { disablePlugin, enablePlugin } from '../routes.ts'
import { fixturePlugins, serverSource } from './fixture.ts'
import { startPlatform } from './platform.ts'

const collect = globalThis.gc as unknown as (options: object) => void
const cycles = Number(process.argv[2])
/** Until histories that are kept to a length are that long. */
const WARM_UP_CYCLES = 200
const CYCLES_A_LOOK = 20

const services = await testServices()
const plugins = await fixturePlugins()
// 300 kB of text make a leaked copy of the code hard to miss. It logs nothing: a plugin's last lines are kept.
const ballast = `const ballast = ${JSON.stringify('x'.repeat(300_000))}; if (ballast === '') throw new Error();`
await plugins.write('sample', { 'server/server.ts': serverSource(1, { started: ballast }) })
const { directory: pluginsDirectory, dataDirectory } = plugins
const platform = await startPlatform({ pluginsDirectory, dataDirectory, services })
await platform.plugins.reconcile()

async function cycle(): Promise<void> {
  for (const route of [enablePlugin, disablePlugin]) {
    const { state, reason } = await platform.call(route, { pluginId: 'sample' })
    if (state !== 'done') throw new Error(reason ?? 'failed')
  }
}

/** After a collection that also drops compiled code nobody runs: V8 would keep that for a while. */
async function heapBytes(): Promise<number> {
  // Finalizers and closed connections need a turn each before they are gone.
  for (let round = 0; round < 4; round++) {
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    await new Promise(setImmediate)
  }
  return process.memoryUsage().heapUsed
}

for (let index = 0; index < WARM_UP_CYCLES; index++) await cycle()
const looks = [await heapBytes()]
for (let index = 1; index <= cycles; index++) {
  await cycle()
  if (index % CYCLES_A_LOOK === 0) looks.push(await heapBytes())
}
await platform.stop()
await plugins.dispose()
services.release()

const later = looks.slice(looks.length >> 1)
const slopes = later.flatMap((early, from) =>
  later.slice(from + 1).map((late, further) => (late - early) / ((further + 1) * CYCLES_A_LOOK)),
)
const bytesPerCycle = Math.round(slopes.toSorted((left, right) => left - right)[slopes.length >> 1] ?? 0)
process.stdout.write(`${JSON.stringify({ cycles, looks, bytesPerCycle })}\n`)
