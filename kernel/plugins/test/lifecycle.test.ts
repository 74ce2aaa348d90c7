import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { testServices, type TestServices } from '../../testing/services.ts'
import * as routes from '../routes.ts'
import type { Operation } from '../routes.ts'
import {
  fixturePlugins,
  manifestSource,
  migrationSource,
  pingRoute,
  serverSource,
  type FixturePlugins,
} from './fixture.ts'
import { startPlatform, type TestPlatform } from './platform.ts'

const ping = pingRoute('sample')
const sample = { pluginId: 'sample' }

describe('plugin lifecycle', () => {
  let services: TestServices
  let plugins: FixturePlugins
  let platform: TestPlatform

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
    const tables = ['sample_notes', 'sample_more', 'sample_most']
    for (const table of tables) await platform.database.schema.dropTableIfExists(table)
    for (const table of ['plugins_states', 'plugins_operations']) await platform.database(table).delete()
    await platform.database('migrations').where({ owner: 'sample' }).delete()
    await plugins.remove('other')
    await platform.stop()
  })

  async function start(options: { isSafe?: boolean } = {}): Promise<void> {
    const { directory: pluginsDirectory, dataDirectory } = plugins
    const deadlines = { startMs: 300, probeMs: 300, drainMs: 2_000 }
    platform = await startPlatform({ pluginsDirectory, dataDirectory, services, deadlines, ...options })
    await platform.plugins.reconcile()
  }

  async function restart(options: { isSafe?: boolean } = {}): Promise<void> {
    await platform.stop()
    await start(options)
  }

  const enable = () => platform.call(routes.enablePlugin, sample)
  const reload = () => platform.call(routes.reloadPlugin, sample)
  const disable = () => platform.call(routes.disablePlugin, sample)
  const summary = async () =>
    (await platform.call(routes.listPlugins, {})).items.find(({ id }) => id === 'sample')
  const has = (table: string) => platform.database.schema.hasTable(table)
  const step = (operation: Operation, name: string) => operation.steps.find((entry) => entry.name === name)
  const version = async () => (await platform.http(ping, {})).version
  const refused = (code: string) => ({ type: code })

  it('serves the routes, table and pages of a plugin once it is enabled', async () => {
    await assert.rejects(platform.http(ping, {}), { code: 'plugins.plugin_disabled' })
    const operation = await enable()
    assert.equal(operation.state, 'done')
    assert.deepEqual(
      operation.steps.map(({ name, state }) => `${name} ${state}`),
      ['verify done', 'stage done', 'migrate done', 'start done', 'probe done', 'flip done'],
    )
    assert.ok(operation.steps.every(({ ms }) => ms !== null && ms >= 0))
    assert.equal(await version(), 1)
    assert.equal(await has('sample_notes'), true)
    const [shown] = (await platform.http(routes.showUi, { app: 'portal' })).plugins
    assert.equal(shown?.id, 'sample')
    const asset = await fetch(`http://127.0.0.1:${platform.gateway.port}${shown?.module}`)
    assert.equal(asset.status, 200)
  })

  it('takes everything but the data away when it is disabled', async () => {
    await enable()
    const operation = await disable()
    assert.equal(operation.state, 'done')
    await assert.rejects(platform.http(ping, {}), { code: 'plugins.plugin_disabled' })
    assert.equal(await has('sample_notes'), true)
    assert.deepEqual((await platform.http(routes.showUi, { app: 'portal' })).plugins, [])
    assert.equal((await enable()).state, 'done')
    assert.equal(await version(), 1)
  })

  it('replaces a plugin by what is in its folder now', async () => {
    await enable()
    await plugins.write('sample', {
      'server/server.ts': serverSource(2),
      'plugin.ts': manifestSource('sample', { version: '1.1.0' }),
      'migrations/0002-more.ts': migrationSource('sample_more'),
    })
    const operation = await reload()
    assert.equal(operation.state, 'done')
    assert.equal(operation.version, '1.1.0')
    assert.deepEqual(await platform.http(ping, {}), { version: 2, generation: 2 })
    assert.equal(await has('sample_more'), true)
  })

  const failures = {
    'migration throws': {
      step: 'migrate',
      reason: /0003-broken.*it broke/,
      files: {
        'migrations/0003-broken.ts': `
          export const up = async (knex) => { await knex.schema.createTable('sample_most', (t) => t.increments()); throw new Error('it broke') }
          export const down = async (knex) => { await knex.schema.dropTableIfExists('sample_most') }`,
      },
    },
    'start throws': {
      step: 'start',
      reason: /no start today/,
      files: { 'server/server.ts': serverSource(2, { started: `throw new Error('no start today')` }) },
    },
    'start takes too long': {
      step: 'start',
      reason: /start took longer than 300 ms/,
      files: { 'server/server.ts': serverSource(2, { started: 'await new Promise(() => {})' }) },
    },
    'probe throws': {
      step: 'probe',
      reason: /not healthy/,
      files: { 'server/server.ts': serverSource(2, { health: `throw new Error('not healthy')` }) },
    },
    'code does not cover its routes': {
      step: 'start',
      reason: /No code behind sample\.pings\.show, sample\.notes\.write/,
      files: { 'server/server.ts': 'export const start = async () => ({ implementations: [] })' },
    },
  }
  for (const [what, failure] of Object.entries(failures)) {
    const files = { 'migrations/0002-more.ts': migrationSource('sample_more'), ...failure.files }

    it(`keeps the running generation and takes back the migrations when the new one's ${what}`, async () => {
      await enable()
      await plugins.write('sample', files)
      const operation = await reload()
      assert.equal(operation.state, 'failed')
      assert.match(operation.reason ?? '', failure.reason)
      assert.equal(step(operation, failure.step)?.state, 'failed')
      assert.equal(step(operation, 'flip')?.state, 'skipped')
      assert.match(step(operation, 'undo')?.detail ?? '', /0002-more$/)
      assert.deepEqual(await platform.http(ping, {}), { version: 1, generation: 1 })
      assert.deepEqual(
        [await has('sample_notes'), await has('sample_more'), await has('sample_most')],
        [true, false, false],
      )
      assert.equal((await summary())?.state, 'enabled')
    })

    it(`leaves nothing of a first enable whose ${what}`, async () => {
      await plugins.write('sample', files)
      const operation = await enable()
      assert.equal(operation.state, 'failed')
      assert.deepEqual(
        [await has('sample_notes'), await has('sample_more'), await has('sample_most')],
        [false, false, false],
      )
      await assert.rejects(platform.http(ping, {}), { code: 'plugins.plugin_disabled' })
      const shown = await summary()
      assert.equal(shown?.state, 'failed')
      assert.match(shown?.reason ?? '', failure.reason)
      await plugins.write('sample')
      assert.equal((await enable()).state, 'done')
    })
  }

  it('refuses a table of another name before it is made', async () => {
    await plugins.write('sample', {
      'migrations/0001-notes.ts': migrationSource('sample_notes').replaceAll('sample_notes', 'spot_notes'),
    })
    const plan = await platform.call(routes.planPlugin, sample)
    assert.match(plan.problems.join(), /0001-notes creates spot_notes/)
    const operation = await enable()
    assert.match(operation.reason ?? '', /0001-notes creates spot_notes/)
    assert.equal(await has('spot_notes'), false)
  })

  it('refuses what makes no sense now', async () => {
    await assert.rejects(disable(), refused('plugins.plugin_already_disabled'))
    await assert.rejects(reload(), refused('plugins.plugin_not_enabled'))
    await assert.rejects(
      platform.call(routes.enablePlugin, { pluginId: 'none' }),
      refused('plugins.plugin_not_found'),
    )
    await assert.rejects(
      platform.call(routes.disablePlugin, { pluginId: 'none' }),
      refused('plugins.plugin_not_found'),
    )
    await enable()
    await assert.rejects(enable(), refused('plugins.plugin_already_enabled'))
    await plugins.write('sample', { 'locales/en.json': '{}' })
    await assert.rejects(reload(), refused('plugins.verification_failed'))
    assert.equal(await version(), 1)
  })

  it('refuses a second change to the same plugin while one runs', async () => {
    const first = enable()
    await assert.rejects(enable(), refused('plugins.operation_running'))
    assert.equal((await first).state, 'done')
  })

  it('keeps to the order of dependencies, on and off', async () => {
    await plugins.write('other', {
      'plugin.ts': manifestSource('other', { extra: `requires: { sample: '^1.0.0' },` }),
    })
    const other = { pluginId: 'other' }
    await assert.rejects(platform.call(routes.enablePlugin, other), refused('plugins.dependency_missing'))
    await enable()
    assert.equal((await platform.call(routes.enablePlugin, other)).state, 'done')
    await assert.rejects(disable(), refused('plugins.dependants_enabled'))
    await plugins.write('sample', { 'plugin.ts': manifestSource('sample', { version: '2.0.0' }) })
    await assert.rejects(reload(), refused('plugins.verification_failed'))
    await plugins.write('sample')
    await restart()
    const states = (await platform.call(routes.listPlugins, {})).items.map(({ id, state }) => [id, state])
    assert.deepEqual(states, [
      ['other', 'enabled'],
      ['sample', 'enabled'],
    ])
    await platform.call(routes.disablePlugin, other)
    await platform.database.schema.dropTableIfExists('other_notes')
    await platform.database('migrations').where({ owner: 'other' }).delete()
  })

  it('ends a restart where the operator wanted it', async () => {
    await enable()
    await restart()
    assert.deepEqual(await platform.http(ping, {}), { version: 1, generation: 2 })
    await disable()
    await restart()
    await assert.rejects(platform.http(ping, {}), { code: 'plugins.plugin_disabled' })
  })

  it('starts without a plugin that cannot start, and says why', async () => {
    await enable()
    await plugins.write('sample', {
      'server/server.ts': serverSource(2, { started: `throw new Error('gone bad')` }),
    })
    await restart()
    const shown = await summary()
    assert.deepEqual([shown?.desired, shown?.state, shown?.reason], ['enabled', 'failed', 'gone bad'])
    await plugins.write('sample')
    assert.equal((await enable()).state, 'done')
  })

  it('starts without a plugin whose folder is gone', async () => {
    await enable()
    await plugins.remove('sample')
    await restart()
    const state = await platform.database('plugins_states').where({ id: 'sample' }).first()
    assert.deepEqual([state.desired, state.state, state.reason], ['enabled', 'failed', 'Its folder is gone.'])
    await plugins.write('sample')
    await restart()
    assert.equal(await version(), 1)
  })

  it('starts none in safe mode, and all again without it', async () => {
    await enable()
    await restart({ isSafe: true })
    await assert.rejects(platform.http(ping, {}), { code: 'plugins.plugin_disabled' })
    await restart()
    assert.equal(await version(), 1)
  })

  it('takes back what a crash left in the middle', async () => {
    await enable()
    await disable()
    // As a process leaves it that dies after its migrations and before its flip.
    await plugins.write('sample', { 'migrations/0002-more.ts': migrationSource('sample_more') })
    await platform.database.schema.createTable('sample_more', (table) => void table.increments())
    const now = new Date()
    await platform
      .database('migrations')
      .insert({ owner: 'sample', name: '0002-more', started_at: now, finished_at: now })
    await platform.database('plugins_operations').insert({
      ...{ id: '01ZZZZZZZZZZZZZZZZZZZZZZZZ', plugin_id: 'sample', action: 'enable', state: 'running' },
      ...{ steps: '[]', attempted_migrations: '["0002-more"]', started_at: now },
    })
    await restart()
    assert.deepEqual([await has('sample_notes'), await has('sample_more')], [true, false])
    const [last] = (await platform.call(routes.listOperations, sample)).items
    assert.deepEqual(
      [last?.state, last?.reason],
      ['failed', 'The platform stopped in the middle of it. Taken back: 0002-more.'],
    )
  })

  it('shows nothing to the frontends before it has started what was enabled', async () => {
    await enable()
    await platform.stop()
    const { directory: pluginsDirectory, dataDirectory } = plugins
    platform = await startPlatform({ pluginsDirectory, dataDirectory, services })
    await assert.rejects(platform.http(routes.showUi, { app: 'portal' }), { code: 'plugins.still_starting' })
    await platform.plugins.reconcile()
    assert.equal((await platform.http(routes.showUi, { app: 'portal' })).plugins.length, 1)
  })

  it('plans without doing: SQL, routes, pages and what stands in the way', async () => {
    const plan = await platform.call(routes.planPlugin, sample)
    assert.equal(plan.action, 'enable')
    assert.deepEqual(plan.problems, [])
    assert.deepEqual(
      plan.migrations.map(({ name }) => name),
      ['0001-notes'],
    )
    assert.match(
      plan.migrations[0]?.statements.join() ?? '',
      /^create table `sample_notes` \(`id` int unsigned/,
    )
    assert.deepEqual(
      plan.routes.map(({ rest }) => rest),
      ['GET /sample/ping', 'POST /sample/notes'],
    )
    assert.deepEqual(
      plan.pages.map(({ path: page }) => page),
      ['/sample'],
    )
    assert.equal(await has('sample_notes'), false)
    await enable()
    assert.deepEqual((await platform.call(routes.planPlugin, sample)).migrations, [])
  })

  it('ends calls that run when their generation is replaced on the code they began with', async () => {
    const slow = serverSource(1).replace(
      `async () => ({ version: 1, generation })`,
      `async ({ params }) => {
        if (params.note) { process.emit('sample:entered'); await new Promise((resolve) => process.once('sample:go', resolve)) }
        return { version: 1, generation }
      }`,
    )
    await plugins.write('sample', { 'server/server.ts': slow })
    await enable()
    const entered = new Promise((resolve) => process.once('sample:entered' as never, resolve))
    const waiting = platform.http(ping, { note: 'wait' })
    await entered
    await plugins.write('sample', { 'server/server.ts': serverSource(2) })
    const reloading = reload()
    while ((await version()) !== 2);
    process.emit('sample:go' as never)
    assert.deepEqual(await waiting, { version: 1, generation: 1 })
    assert.equal(step(await reloading, 'drain')?.detail, '1 calls ended')
  })

  it('runs the loops of one generation at a time', async () => {
    const loops = `
      kernel.background('loop', async (signal) => {
        const running = (globalThis.sampleLoops ??= [])
        running.push('begin ' + generation)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
        running.push('end ' + generation)
      })`
    await plugins.write('sample', { 'server/server.ts': serverSource(1, { started: loops }) })
    await enable()
    await reload()
    await disable()
    const seen = (globalThis as { sampleLoops?: string[] }).sampleLoops
    assert.deepEqual(seen, ['begin 1', 'end 1', 'begin 2', 'end 2'])
  })

  it('keeps fifty operations, newest first, and streams none of them to strangers', async () => {
    await enable()
    await disable()
    const { items } = await platform.call(routes.listOperations, sample)
    assert.deepEqual(
      items.map(({ action }) => action),
      ['disable', 'enable'],
    )
    await assert.rejects(platform.http(routes.listOperations, sample), { code: 'platform.sign_in_required' })
    await assert.rejects(platform.http(routes.enablePlugin, sample), { code: 'platform.sign_in_required' })
  })

  it('builds its pages anew when they were deleted', async () => {
    await enable()
    await disable()
    await rm(path.join(plugins.dataDirectory, 'plugin-assets'), { recursive: true })
    assert.equal((await enable()).state, 'done')
    const [shown] = (await platform.http(routes.showUi, { app: 'portal' })).plugins
    assert.equal((await fetch(`http://127.0.0.1:${platform.gateway.port}${shown?.module}`)).status, 200)
  })
})
