/** A kernel with as many small plugins enabled as it is told, for `request-cost.bench.ts`. It tells its processor time when asked. */
import { createTestKernel } from '../../testing/index.ts'
import { fixturePlugins, routesSource } from '../test/fixture.ts'

/** What it sends first. */
export interface RequestServer {
  readonly port: number
  /** Of each plugin: how long enabling it took. */
  readonly enabledMs: readonly number[]
}

/** What it sends whenever it gets a message. */
export interface CpuUsed {
  readonly cpuUs: number
}

const count = Number(process.argv[2])

/** Without pages: they are files, which no request of the API meets, and building a hundred takes minutes. */
function manifestSource(id: string): string {
  return `
    import { definePlugin } from '@cambium/kernel'
    import * as pings from './routes/pings.ts'

    export const plugin = definePlugin({
      id: '${id}', version: '1.0.0', kernel: '^0.1.0',
      name: 'Fixture', summary: 'Made by a benchmark.', description: 'Made by a benchmark.',
      publisher: 'Benchmarks', category: 'tests', icon: 'i-lucide-flask-conical',
      permissions: [{ id: '${id}.notes.write', title: 'Write notes', roles: ['user'] }],
      routes: [pings.ping, pings.write],
      channels: [{ name: '${id}.pings', title: 'Pings', access: 'public' }],
      jobs: [{ name: '${id}.sweep', title: 'Sweep', everyMs: 3_600_000 }],
      settings: { type: 'object', properties: { limit: { type: 'integer', title: 'Limit', default: 10 } } },
    })`
}

const serverSource = `
  import { implement, type StartPlugin } from '@cambium/kernel'
  import { ping, write } from '../routes/pings.ts'

  export const start: StartPlugin = async ({ database, generation, pluginId }) => ({
    implementations: [
      implement(ping, async () => ({ version: 1, generation })),
      implement(write, async ({ params }) => {
        const [id = 0] = await database(pluginId + '_notes').insert({ text: params.text })
        return { id }
      }),
    ],
    jobs: { [pluginId + '.sweep']: async () => undefined },
  })`

const plugins = await fixturePlugins()
const ids = Array.from({ length: count }, (_, index) => `p${index}`)
for (const id of ids) {
  await plugins.write(id, {
    'plugin.ts': manifestSource(id),
    'routes/pings.ts': routesSource(id),
    'server/server.ts': serverSource,
    'locales/en.json': '{}',
    [`portal/${id.toUpperCase()}HomePage.vue`]: null,
  })
}
const kernel = await createTestKernel({ pluginsDirectory: plugins.directory })
const enabledMs: number[] = []
for (const id of ids) {
  const startedAt = performance.now()
  await kernel.enable(id)
  enabledMs.push(performance.now() - startedAt)
}

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuUs: user + system } satisfies CpuUsed)
})
process.once('disconnect', async () => {
  await kernel.stop()
  await plugins.dispose()
})
process.send?.({
  port: Number(new URL(kernel.origin).port),
  enabledMs,
} satisfies RequestServer)
