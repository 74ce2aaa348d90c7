import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { NatsServer } from '../../../engine/standby/test/nats-server.ts'
import { disablePlugin, reloadPlugin, setSwitch, showPlugin, type Operation } from '../../plugins/routes.ts'
import {
  fixturePlugins,
  manifestSource,
  serverSource,
  type FixturePlugins,
} from '../../plugins/test/fixture.ts'
import { createTestKernel, type TestKernel, type TestNode } from '../../testing/index.ts'

const WITHIN_MS = 20_000

async function eventually(holds: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + WITHIN_MS
  while (!(await holds())) {
    if (performance.now() > deadline) assert.fail(`it never came to this: ${what}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** What the node's own front door answers: the version its generation has, or the refusal. */
async function ping({ origin }: { readonly origin: string }): Promise<unknown> {
  const response = await fetch(`${origin}/api/sample/ping`)
  const body = (await response.json()) as { version?: number; type?: string }
  return response.ok ? body.version : body.type
}

function stepsOf({ steps }: Operation): readonly string[] {
  return steps.filter(({ state }) => state === 'done').map(({ name }) => name)
}

/** Takes away what only the code before reads. */
const narrowing = `
  export const phase = 'contract'
  export async function up(knex) { await knex.schema.alterTable('sample_notes', (table) => table.dropColumn('text')) }
  export async function down(knex) { await knex.schema.alterTable('sample_notes', (table) => table.string('text')) }`

describe('two nodes', function () {
  this.timeout(90_000)
  let directory: string
  let nats: NatsServer
  let plugins: FixturePlugins
  let first: TestKernel
  let second: TestNode

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'cambium-nodes-'))
    nats = new NatsServer(directory)
    await nats.start()
    plugins = await fixturePlugins()
    await plugins.write('sample')
    first = await createTestKernel({
      pluginsDirectory: plugins.directory,
      transporter: nats.url,
      deadlines: { stageMs: 8_000 },
    })
    second = await first.join()
    await eventually(async () => first.parts.nodes.others().length === 1, 'they see each other')
    await eventually(async () => second.parts.nodes.others().length === 1, 'they see each other')
  })
  after(async () => {
    await first.stop()
    await nats.kill()
    await plugins.dispose()
    await rm(directory, { recursive: true })
  })

  it('both serve what one of them is asked to enable, and migrate once', async () => {
    await first.enable('sample')
    assert.equal(await ping(first), 1)
    assert.equal(await ping(second), 1)
    const { lastOperation } = await second.call(showPlugin, { pluginId: 'sample' })
    assert.ok(stepsOf(lastOperation!).includes('nodes'), 'the others were asked before the flip')
    const [tables] = (await first.parts.database.raw("SHOW TABLES LIKE 'sample_notes'")) as [unknown[]]
    assert.equal(tables.length, 1)
  })

  it('replace a plugin under load without failing a request on either', async () => {
    const asked = { isEnough: false }
    const answers = [first, second].map(async (node) => {
      const seen = new Set<unknown>()
      while (!asked.isEnough) seen.add(await ping(node))
      return [...seen]
    })
    await plugins.write('sample', { 'server/server.ts': serverSource(2) })
    const operation = await second.call(reloadPlugin, { pluginId: 'sample', approveGrants: true })
    assert.equal(operation.state, 'done', operation.reason ?? '')
    await eventually(async () => (await ping(first)) === 2, 'the node that was not asked serves it')
    asked.isEnough = true
    for (const seen of await Promise.all(answers)) assert.deepEqual(seen, [1, 2])
  })

  it('keep the old version on both when one of them does not have the new', async () => {
    const elsewhere = await fixturePlugins()
    await elsewhere.write('sample', { 'server/server.ts': serverSource(2) })
    const third = await first.join({ pluginsDirectory: elsewhere.directory })
    await eventually(async () => first.parts.nodes.others().length === 2, 'the third is seen')
    await plugins.write('sample', { 'server/server.ts': serverSource(3) })
    const operation = await first.call(reloadPlugin, { pluginId: 'sample', approveGrants: true })
    assert.equal(operation.state, 'failed')
    assert.match(operation.reason ?? '', /node-3: This node does not have the same sample 1\.0\.0/)
    for (const node of [first, second, third]) assert.equal(await ping(node), 2)
    await third.stop()
    await elsewhere.dispose()
    await eventually(async () => first.parts.nodes.others().length === 1, 'the third is gone')
  })

  it('go on without one that misses the deadline, which takes no requests until it has caught up', async () => {
    const elsewhere = await fixturePlugins()
    await elsewhere.write('sample', { 'server/server.ts': serverSource(2) })
    const late = await first.join({ pluginsDirectory: elsewhere.directory })
    await eventually(async () => first.parts.nodes.others().length === 2, 'the late one is seen')
    late.parts.nodes.answer('plugins.stage', () => new Promise(() => undefined))
    const next = {
      'server/server.ts': serverSource(4),
      'migrations/0002-narrow.ts': narrowing,
    }
    await plugins.write('sample', next)
    const operation = await first.call(reloadPlugin, { pluginId: 'sample', approveGrants: true })
    assert.equal(operation.state, 'done', operation.reason ?? '')
    assert.match(
      operation.steps.find(({ name }) => name === 'nodes')?.detail ?? '',
      /1 ready, too late: node-/,
    )
    const contract = operation.steps.find(({ name }) => name === 'contract')
    assert.equal(contract?.detail, 'left until every node serves the new release')
    assert.ok(
      await first.parts.database.schema.hasColumn('sample_notes', 'text'),
      'the old code reads it still',
    )
    assert.equal(await ping(second), 4)
    await eventually(
      async () => (await ping(late)) === '/problems/gateway.node_behind',
      'it has left the pool',
    )
    await elsewhere.write('sample', next)
    await eventually(async () => (await ping(late)) === 4, 'it has caught up')
    await late.stop()
    await elsewhere.dispose()
    await eventually(async () => first.parts.nodes.others().length === 1, 'it is gone')
  })

  it('switch a contribution off and on for both', async () => {
    const route = { pluginId: 'sample', kind: 'route', contributionId: 'sample.pings.show' } as const
    await first.call(setSwitch, { ...route, isDisabled: true })
    const isOff = async () => (await ping(second)) === '/problems/plugins.contribution_off'
    await eventually(isOff, 'it is off on the node that was not asked')
    await first.call(setSwitch, { ...route, isDisabled: false })
    await eventually(async () => !(await isOff()), 'it is on again there')
  })

  it('go on when a node joins that does not have what is wanted, and that takes no requests', async () => {
    // Under a version that is kept, so that what is kept is not what serves.
    await plugins.write('sample', { 'server/server.ts': serverSource(5) })
    await first.call(reloadPlugin, { pluginId: 'sample', approveGrants: true })
    const elsewhere = await fixturePlugins()
    const poor = await first.join({ pluginsDirectory: elsewhere.directory })
    assert.notEqual(await ping(poor), 1, 'what is kept is older')
    await eventually(
      async () => (await ping(poor)) === '/problems/gateway.node_behind',
      'it is out of the pool',
    )
    for (const node of [first, second]) assert.equal(await ping(node), 5)
    const { state } = await first.call(showPlugin, { pluginId: 'sample' })
    assert.equal(state, 'enabled')
    await poor.stop()
    await elsewhere.dispose()
    await eventually(async () => first.parts.nodes.others().length === 1, 'it is gone')
  })

  it('disable on both, and a node that starts later begins with what is wanted', async () => {
    await plugins.write('other', { 'plugin.ts': manifestSource('other') })
    await first.enable('other')
    await first.call(disablePlugin, { pluginId: 'sample' })
    await eventually(
      async () => (await ping(second)) === '/problems/plugins.plugin_disabled',
      'it is off there too',
    )
    const third = await first.join()
    assert.equal(await ping(third), '/problems/plugins.plugin_disabled')
    assert.equal((await fetch(`${third.origin}/api/other/ping`)).status, 200)
    await third.stop()
  })

  it('lets a node that heard nothing catch up by the wanted state', async () => {
    await nats.kill()
    await eventually(async () => first.parts.nodes.others().length === 0, 'they have lost each other')
    await first.enable('sample')
    await eventually(async () => typeof (await ping(second)) === 'number', 'the other one has caught up')
    assert.equal(await ping(first), await ping(second))
    await nats.start()
    await eventually(async () => first.parts.nodes.others().length === 1, 'they have found each other')
  })

  it('passes on what only some may see to subscribers of the other', async () => {
    const heard: unknown[] = []
    second.parts.nodes.listen('realtime.message', (message) => void heard.push(message))
    first.parts.realtime.provide('tests', { name: 'tests.own', access: 'user' }, async () => null)
    first.parts.realtime.publish('tests.own', 'a-user', { text: 'hello' })
    await eventually(async () => heard.length > 0, 'the message has come')
    assert.deepEqual(heard[0], { name: 'tests.own', key: 'a-user', message: { text: 'hello' } })
  })
})
