/**
 * Heap kept of each replaced generation: a plugin of 300 kB is reloaded over and over, every time with other code, in the
 * real kernel. The figure is the slope over all measured points (Theil and Sen: the median of what each pair of points
 * says), which one late collection does not move. The bytecode is interpreted: machine code of the platform's own busy
 * functions comes and goes by the hundred kilobytes and would drown what a reload keeps. `--reloads N --points N`.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parseArgs } from 'node:util'
import { machine, median, rounded } from '../../../test/bench/figures.ts'
import { createTestKernel } from '../../testing/index.ts'
import { reloadPlugin } from '../routes.ts'
import { fixturePlugins, serverSource } from '../test/fixture.ts'

const { values } = parseArgs({
  options: { reloads: { type: 'string', default: '500' }, points: { type: 'string', default: '10' } },
})
const reloads = Number(values.reloads)
const points = Number(values.points)
const WARM_UP_RELOADS = 150
const BALLAST = 300_000

for (const flag of ['--expose-gc', '--no-opt', '--no-maglev', '--no-sparkplug']) setFlagsFromString(flag)
const collect = runInNewContext('gc') as (how: object) => void

async function heapBytes(): Promise<number> {
  // Finalizers and closed connections need a turn each before they are gone.
  for (let round = 0; round < 3; round++) {
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    await new Promise(setImmediate)
  }
  return process.memoryUsage().heapUsed
}

const plugins = await fixturePlugins()
// It says nothing in the log: the last lines of each plugin are kept, up to a bound that takes a thousand to reach.
const ballast = `const ballast = ${JSON.stringify('x'.repeat(BALLAST))}; if (ballast === '') throw new Error();`
await plugins.write('sample', { 'server/server.ts': serverSource(0, { started: ballast }) })
const kernel = await createTestKernel({ pluginsDirectory: plugins.directory, plugins: ['sample'] })

async function reload(number: number): Promise<void> {
  await plugins.write('sample', { 'server/server.ts': serverSource(number, { started: ballast }) })
  const { state, reason } = await kernel.call(reloadPlugin, { pluginId: 'sample' })
  if (state !== 'done') throw new Error(reason ?? 'failed')
}

for (let number = 1; number <= WARM_UP_RELOADS; number++) await reload(number)
const measured: { readonly reloads: number; readonly bytes: number }[] = [
  { reloads: 0, bytes: await heapBytes() },
]
for (let number = 1; number <= reloads; number++) {
  await reload(WARM_UP_RELOADS + number)
  if (number % Math.ceil(reloads / points) === 0) measured.push({ reloads: number, bytes: await heapBytes() })
}
await kernel.stop()
await plugins.dispose()

const slopes = measured.flatMap((late, index) =>
  measured.slice(0, index).map((early) => (late.bytes - early.bytes) / (late.reloads - early.reloads)),
)
const bytesPerReload = median(slopes)
console.log(
  `reload-heap: ${reloads} reloads of a plugin of ${BALLAST / 1000} kB, other code each time, ${machine}`,
)
for (const { reloads: after, bytes } of measured) {
  console.log(`after ${String(after).padStart(5)} reloads ${(bytes / 1024 / 1024).toFixed(3).padStart(9)} MB`)
}
console.log(`kept of each: ${bytesPerReload.toFixed(0)} bytes of heap`)
const figures = { heap_kb_per_reload: rounded(Math.max(0, bytesPerReload) / 1024, 3), reloads }
console.log(JSON.stringify({ bench: 'reload-heap', figures }))
