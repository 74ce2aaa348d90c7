import assert from 'node:assert/strict'
import { Agent, get } from 'node:http'
import { testServices, type TestServices } from '../../testing/services.ts'
import { disablePlugin, enablePlugin, reloadPlugin, type Operation } from '../routes.ts'
import { fixturePlugins, serverSource, type FixturePlugins } from './fixture.ts'
import { startPlatform, type TestPlatform } from './platform.ts'

const CALLERS = 50
const CYCLES = 50
const TIMEOUT_MS = 300_000
const sample = { pluginId: 'sample' }

/** What the callers of one path were answered. */
interface Tally {
  answered: number
  refused: number
  /** Everything that is neither an answer nor the documented refusal. */
  readonly failures: string[]
  readonly bodies: Set<string>
}

describe('hot swap under load', function () {
  this.timeout(TIMEOUT_MS)
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS })
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
    agent.destroy()
    await platform.stop()
    services.release()
    await plugins.dispose()
  })

  async function done(operation: Promise<Operation>): Promise<void> {
    const { state, reason } = await operation
    assert.equal(state, 'done', reason ?? '')
  }

  function request(path: string): Promise<{ readonly status: number; readonly body: string }> {
    return new Promise((resolve, reject) => {
      const call = get({ agent, path: `/api${path}`, port: platform.gateway.port }, (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (body += chunk))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
        response.on('error', reject)
      })
      call.on('error', reject)
    })
  }

  async function count(path: string, tally: Tally): Promise<void> {
    try {
      const { status, body } = await request(path)
      if (status === 200) {
        tally.answered += 1
        tally.bodies.add(body)
      } else if (status === 404 && body.includes('"/problems/plugins.plugin_disabled"')) tally.refused += 1
      else tally.failures.push(`${status} ${body}`)
    } catch (error) {
      tally.failures.push(String(error))
    }
  }

  /** Keeps `CALLERS` requests in flight, in turn to each path, for as long as `work` takes. */
  async function under(paths: readonly string[], work: () => Promise<void>): Promise<readonly Tally[]> {
    const tallies = paths.map((): Tally => ({ answered: 0, refused: 0, failures: [], bodies: new Set() }))
    let isOver = false
    const caller = async (_: unknown, index: number): Promise<void> => {
      const turn = index % paths.length
      while (!isOver) await count(paths[turn] as string, tallies[turn] as Tally)
    }
    const callers = Array.from({ length: CALLERS }, caller)
    try {
      await work()
    } finally {
      isOver = true
      await Promise.all(callers)
    }
    return tallies
  }

  it(`fails no request while a plugin is disabled and enabled ${CYCLES} times, but for the documented refusal of its own`, async () => {
    const [other, own] = (await under(['/platform/ui/portal', '/sample/ping'], async () => {
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        await done(platform.call(disablePlugin, sample))
        await done(platform.call(enablePlugin, sample))
      }
    })) as [Tally, Tally]
    assert.deepEqual([...other.failures.slice(0, 3), ...own.failures.slice(0, 3)], [])
    assert.equal(other.refused, 0)
    assert.ok(other.answered > CYCLES && own.answered > 0 && own.refused > 0, JSON.stringify([other, own]))
  })

  it(`refuses nobody while the plugin is replaced ${CYCLES} times by other code`, async () => {
    const [own] = (await under(['/sample/ping'], async () => {
      for (let version = 2; version < CYCLES + 2; version++) {
        await plugins.write('sample', { 'server/server.ts': serverSource(version) })
        await done(platform.call(reloadPlugin, sample))
      }
    })) as [Tally]
    assert.deepEqual(own.failures.slice(0, 3), [])
    assert.equal(own.refused, 0)
    assert.ok(own.bodies.size > CYCLES / 2, `${own.bodies.size} generations were seen`)
  })
})
