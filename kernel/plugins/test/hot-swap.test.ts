import assert from 'node:assert/strict'
import { ProblemError } from '../../contract/index.ts'
import { testServices, type TestServices } from '../../testing/services.ts'
import { disablePlugin, enablePlugin, listPlugins, reloadPlugin, showUi, type Operation } from '../routes.ts'
import { fixturePlugins, pingRoute, serverSource, type FixturePlugins } from './fixture.ts'
import { startPlatform, type TestPlatform } from './platform.ts'

const CALLERS = 50
const CYCLES = 50
const TIMEOUT_MS = 300_000

const ping = pingRoute('sample')
const sample = { pluginId: 'sample' }

interface Tally {
  answered: number
  refused: number
  /** Everything that is neither an answer nor the documented refusal. */
  readonly failures: string[]
}

describe('hot swap under load', function () {
  this.timeout(TIMEOUT_MS)
  let services: TestServices
  let plugins: FixturePlugins
  let platform: TestPlatform

  before(async () => {
    services = await testServices()
    plugins = await fixturePlugins()
    await plugins.write('sample')
    const { directory: pluginsDirectory, dataDirectory } = plugins
    platform = await startPlatform({ pluginsDirectory, dataDirectory, services })
    await platform.plugins.reconcile()
    await done(platform.call(enablePlugin, sample))
  })
  after(async () => {
    await platform.stop()
    services.release()
    await plugins.dispose()
  })

  async function done(operation: Promise<Operation>): Promise<void> {
    const { state, reason } = await operation
    assert.equal(state, 'done', reason ?? '')
  }

  /** Keeps `CALLERS` requests in flight for as long as `work` takes. */
  async function under(request: () => Promise<unknown>, work: () => Promise<void>): Promise<Tally> {
    const tally: Tally = { answered: 0, refused: 0, failures: [] }
    let isOver = false
    const caller = async (): Promise<void> => {
      while (!isOver) {
        await request().then(
          () => (tally.answered += 1),
          (error: unknown) => {
            if (error instanceof ProblemError && error.code === 'plugins.plugin_disabled') tally.refused += 1
            else tally.failures.push(String(error))
          },
        )
      }
    }
    const callers = Array.from({ length: CALLERS }, caller)
    try {
      await work()
    } finally {
      isOver = true
      await Promise.all(callers)
    }
    return tally
  }

  const toggle = async (): Promise<void> => {
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      await done(platform.call(disablePlugin, sample))
      await done(platform.call(enablePlugin, sample))
    }
  }

  it(`fails no request to another route while a plugin is disabled and enabled ${CYCLES} times`, async () => {
    const tally = await under(() => platform.http(showUi, { app: 'portal' }), toggle)
    assert.deepEqual(tally.failures.slice(0, 3), [])
    assert.equal(tally.refused, 0)
    assert.ok(tally.answered > CYCLES)
  })

  it("answers the plugin's own callers, or refuses them as documented, and nothing else", async () => {
    const tally = await under(() => platform.http(ping, {}), toggle)
    assert.deepEqual(tally.failures.slice(0, 3), [])
    assert.ok(tally.answered > 0 && tally.refused > 0, JSON.stringify(tally))
  })

  it(`refuses nobody while the plugin is replaced ${CYCLES} times by other code`, async () => {
    const seen = new Set<number>()
    const request = async (): Promise<void> => void seen.add((await platform.http(ping, {})).version)
    const tally = await under(request, async () => {
      for (let version = 2; version < CYCLES + 2; version++) {
        await plugins.write('sample', { 'server/server.ts': serverSource(version) })
        await done(platform.call(reloadPlugin, sample))
      }
    })
    assert.deepEqual(tally.failures.slice(0, 3), [])
    assert.equal(tally.refused, 0)
    assert.ok(seen.size > CYCLES / 2, `${seen.size} versions were seen`)
    const { items } = await platform.call(listPlugins, {})
    assert.equal(items[0]?.state, 'enabled')
  })
})
