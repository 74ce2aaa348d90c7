import { testServices, type TestServices } from '../../testing/services.ts'
import {
  disablePlugin,
  enablePlugin,
  listPlugins,
  reloadPlugin,
  type Operation,
  type PluginSummary,
} from '../routes.ts'
import { fixturePlugins, pingRoute, type FixturePlugins } from './fixture.ts'
import { startPlatform, type PlatformOptions, type TestPlatform } from './platform.ts'

export const sample = { pluginId: 'sample' }
export const ping = pingRoute('sample')

/** For `assert.rejects` of a call inside the process. */
export function refused(code: string): { readonly type: string } {
  return { type: code }
}

const ownTables = ['sample_notes', 'sample_more', 'sample_most', 'other_notes', 'third_notes']
/** In an order that their foreign keys allow. */
const kernelTables = 'states operations grants switches releases artifact_chunks artifacts'
  .split(' ')
  .map((name) => `plugins_${name}`)

interface StartOptions {
  readonly isSafe?: boolean
  /** False leaves the platform as it is before it has started any plugin. */
  readonly isReconciled?: boolean
}

export interface SampleSuite {
  readonly plugins: FixturePlugins
  readonly platform: TestPlatform
  readonly services: TestServices
  restart(options?: StartOptions): Promise<void>
  enable(): Promise<Operation>
  reload(): Promise<Operation>
  disable(): Promise<Operation>
  summary(): Promise<PluginSummary | undefined>
  /** What the plugin's route answers over HTTP. */
  version(): Promise<number>
  has(table: string): Promise<boolean>
}

/** Gives every test of the surrounding suite a platform that knows the plugin `sample`, and nothing of the test before. */
export function sampleSuite(
  changes: Pick<PlatformOptions, 'watchdog' | 'deadlines' | 'portalProgram'> = {},
): SampleSuite {
  let services: TestServices
  let plugins: FixturePlugins
  let platform: TestPlatform

  async function start({ isSafe = false, isReconciled = true }: StartOptions = {}): Promise<void> {
    const { directory: pluginsDirectory, dataDirectory } = plugins
    const deadlines = { startMs: 300, probeMs: 300, drainMs: 2_000, ...changes.deadlines }
    platform = await startPlatform({
      pluginsDirectory,
      dataDirectory,
      services,
      isSafe,
      ...changes,
      deadlines,
    })
    if (isReconciled) await platform.plugins.reconcile()
  }

  before(async () => {
    services = await testServices()
    plugins = await fixturePlugins()
  })
  after(async () => {
    services.release()
    await plugins.dispose()
  })
  beforeEach(async () => {
    await plugins.write('sample')
    await start()
  })
  afterEach(async () => {
    const { database } = platform
    for (const table of ownTables) await database.schema.dropTableIfExists(table)
    for (const table of kernelTables) await database(table).delete()
    await database('migrations').whereNot({ owner: 'kernel' }).delete()
    for (const id of ['other', 'third']) await plugins.remove(id)
    await platform.stop()
  })

  return {
    get plugins() {
      return plugins
    },
    get platform() {
      return platform
    },
    get services() {
      return services
    },
    restart: async (options) => {
      await platform.stop()
      await start(options)
    },
    enable: () => platform.call(enablePlugin, sample),
    reload: () => platform.call(reloadPlugin, sample),
    disable: () => platform.call(disablePlugin, sample),
    summary: async () =>
      (await platform.call(listPlugins, {})).items.find(({ id }) => id === sample.pluginId),
    version: async () => (await platform.http(ping, {})).version,
    has: (table) => platform.database.schema.hasTable(table),
  }
}

const UNTIL_MS = 20_000

/** Asks again and again until the answer is true. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + UNTIL_MS
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`It did not come about: ${what}.`)
  }
}
