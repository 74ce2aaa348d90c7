import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import * as routes from '../routes.ts'
import type { Operation } from '../routes.ts'
import { manifestSource, migrationSource, serverSource } from './fixture.ts'
import { ping, refused, sample, sampleSuite } from './sample-suite.ts'

const step = (operation: Operation, name: string) => operation.steps.find((entry) => entry.name === name)

describe('plugin lifecycle', () => {
  const suite = sampleSuite()
  const { enable, reload, disable, version, has } = suite

  it('serves the routes, table and pages of a plugin once it is enabled', async () => {
    await assert.rejects(suite.platform.http(ping, {}), { code: 'plugins.plugin_disabled' })
    const operation = await enable()
    assert.equal(operation.state, 'done')
    assert.deepEqual(
      operation.steps.map(({ name, state }) => `${name} ${state}`),
      ['verify', 'stage', 'migrate', 'start', 'probe', 'flip', 'keep'].map((name) => `${name} done`),
    )
    assert.ok(operation.steps.every(({ ms }) => ms !== null && ms >= 0))
    assert.equal(await version(), 1)
    assert.equal(await has('sample_notes'), true)
    const [shown] = (await suite.platform.http(routes.showUi, { app: 'portal' })).plugins
    assert.equal(shown?.id, 'sample')
    const asset = await fetch(`http://127.0.0.1:${suite.platform.gateway.port}${shown?.module}`)
    assert.equal(asset.status, 200)
  })

  it('takes everything but the data away when it is disabled', async () => {
    await enable()
    const operation = await disable()
    assert.equal(operation.state, 'done')
    await assert.rejects(suite.platform.http(ping, {}), { code: 'plugins.plugin_disabled' })
    assert.equal(await has('sample_notes'), true)
    assert.deepEqual((await suite.platform.http(routes.showUi, { app: 'portal' })).plugins, [])
    assert.equal((await enable()).state, 'done')
    assert.equal(await version(), 1)
  })

  it('replaces a plugin by what is in its folder now', async () => {
    await enable()
    await suite.plugins.write('sample', {
      'server/server.ts': serverSource(2),
      'plugin.ts': manifestSource('sample', { version: '1.1.0' }),
      'migrations/0002-more.ts': migrationSource('sample_more'),
    })
    const operation = await reload()
    assert.equal(operation.state, 'done')
    assert.equal(operation.version, '1.1.0')
    assert.deepEqual(await suite.platform.http(ping, {}), { version: 2, generation: 2 })
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
    'code declares a route otherwise than the manifest': {
      step: 'start',
      reason: /sample\.notes\.write is not what the manifest declares: \/permission, \/rateLimit/,
      files: {
        'server/server.ts': serverSource(2).replace(
          'implement(write,',
          `implement({ ...write, permission: 'public', rateLimit: { points: 9, durationSeconds: 1, per: 'user' } },`,
        ),
      },
    },
  }
  for (const [what, failure] of Object.entries(failures)) {
    const files = { 'migrations/0002-more.ts': migrationSource('sample_more'), ...failure.files }

    it(`keeps the running generation and takes back the migrations when the new one's ${what}`, async () => {
      await enable()
      await suite.plugins.write('sample', files)
      const operation = await reload()
      assert.equal(operation.state, 'failed')
      assert.match(operation.reason ?? '', failure.reason)
      assert.equal(step(operation, failure.step)?.state, 'failed')
      assert.equal(step(operation, 'flip')?.state, 'skipped')
      assert.match(step(operation, 'undo')?.detail ?? '', /0002-more$/)
      assert.deepEqual(await suite.platform.http(ping, {}), { version: 1, generation: 1 })
      assert.deepEqual(
        [await has('sample_notes'), await has('sample_more'), await has('sample_most')],
        [true, false, false],
      )
      assert.equal((await suite.summary())?.state, 'enabled')
    })

    it(`leaves nothing of a first enable whose ${what}`, async () => {
      await suite.plugins.write('sample', files)
      const operation = await enable()
      assert.equal(operation.state, 'failed')
      assert.deepEqual(
        [await has('sample_notes'), await has('sample_more'), await has('sample_most')],
        [false, false, false],
      )
      await assert.rejects(suite.platform.http(ping, {}), { code: 'plugins.plugin_disabled' })
      const shown = await suite.summary()
      assert.equal(shown?.state, 'failed')
      assert.match(shown?.reason ?? '', failure.reason)
      await suite.plugins.write('sample')
      assert.equal((await enable()).state, 'done')
    })
  }

  it('refuses a table of another name before it is made', async () => {
    await suite.plugins.write('sample', {
      'migrations/0001-notes.ts': migrationSource('sample_notes').replaceAll('sample_notes', 'spot_notes'),
    })
    const plan = await suite.platform.call(routes.planPlugin, sample)
    assert.match(plan.problems.join(), /0001-notes touches spot_notes/)
    const operation = await enable()
    assert.match(operation.reason ?? '', /0001-notes touches spot_notes/)
    assert.equal(await has('spot_notes'), false)
  })

  const foreign: Readonly<Record<string, readonly [up: string, down?: string]>> = {
    'alters one': ['ALTER TABLE identity_users ADD COLUMN note INT'],
    'drops one': ['DROP TABLE identity_users'],
    'renames one': ['RENAME TABLE identity_users TO sample_users'],
    'writes into one': [`INSERT INTO identity_users (id) VALUES ('x')`],
    'changes rows of one': ['UPDATE identity_users SET level = 9'],
    'reads one it was not granted': ['CREATE TABLE sample_copy AS SELECT id FROM identity_users'],
    'changes one when it is taken back': ['ALTER TABLE sample_notes ADD x INT', 'DELETE FROM identity_users'],
  }
  for (const [what, [up, down = '']] of Object.entries(foreign)) {
    it(`refuses a migration about tables of others before any runs, when it ${what}`, async () => {
      const send = (sql: string): string => (sql ? `await knex.raw(${JSON.stringify(sql)})` : '')
      await suite.plugins.write('sample', {
        'migrations/0002-more.ts': `
          export const up = async (knex) => { ${send(up)}; (await knex('sample_notes').first()).id }
          export const down = async (knex) => { ${send(down)} }`,
      })
      const named = /0002-more,?.* touches identity_users, which does not begin with sample_/
      assert.match((await suite.platform.call(routes.planPlugin, sample)).problems.join(), named)
      const operation = await enable()
      assert.match(operation.reason ?? '', named)
      assert.equal(await has('sample_notes'), false)
    })
  }

  it('lets a migration look, and work in a transaction', async () => {
    await suite.plugins.write('sample', {
      'migrations/0002-more.ts': `
        export const up = async (knex) => knex.transaction(async (trx) => {
          if (await trx.schema.hasColumn('sample_notes', 'text')) await trx('sample_notes').insert({ text: 'first' })
        })
        export const down = async (knex) => { await knex('sample_notes').delete() }`,
    })
    assert.equal((await enable()).reason, null)
    assert.equal((await suite.platform.database('sample_notes').first()).text, 'first')
  })

  it('refuses what makes no sense now', async () => {
    await assert.rejects(disable(), refused('plugins.plugin_already_disabled'))
    await assert.rejects(reload(), refused('plugins.plugin_not_enabled'))
    await assert.rejects(
      suite.platform.call(routes.enablePlugin, { pluginId: 'none' }),
      refused('plugins.plugin_not_found'),
    )
    await assert.rejects(
      suite.platform.call(routes.disablePlugin, { pluginId: 'none' }),
      refused('plugins.plugin_not_found'),
    )
    await enable()
    await assert.rejects(enable(), refused('plugins.plugin_already_enabled'))
    await suite.plugins.write('sample', { 'locales/en.json': '{}' })
    await assert.rejects(reload(), refused('plugins.verification_failed'))
    assert.equal(await version(), 1)
  })

  it('refuses a second change to the same plugin while one runs', async () => {
    const first = enable()
    await assert.rejects(enable(), refused('plugins.operation_running'))
    assert.equal((await first).state, 'done')
  })

  it('keeps to the order of dependencies, on and off', async () => {
    await suite.plugins.write('other', {
      'plugin.ts': manifestSource('other', { extra: `requires: { sample: '^1.0.0' },` }),
    })
    const other = { pluginId: 'other' }
    await assert.rejects(
      suite.platform.call(routes.enablePlugin, other),
      refused('plugins.dependency_missing'),
    )
    await enable()
    assert.equal((await suite.platform.call(routes.enablePlugin, other)).state, 'done')
    await assert.rejects(disable(), refused('plugins.dependants_enabled'))
    await suite.plugins.write('sample', { 'plugin.ts': manifestSource('sample', { version: '2.0.0' }) })
    await assert.rejects(reload(), refused('plugins.verification_failed'))
    await suite.plugins.write('sample')
    await suite.restart()
    const states = (await suite.platform.call(routes.listPlugins, {})).items.map(({ id, state }) => [
      id,
      state,
    ])
    assert.deepEqual(states, [
      ['other', 'enabled'],
      ['sample', 'enabled'],
    ])
    await suite.platform.call(routes.disablePlugin, other)
  })

  it('ends calls that run when their generation is replaced on the code they began with', async () => {
    const slow = serverSource(1).replace(
      `async () => ({ version: 1, generation })`,
      `async ({ params }) => {
        if (params.note) { process.emit('sample:entered'); await new Promise((resolve) => process.once('sample:go', resolve)) }
        return { version: 1, generation }
      }`,
    )
    await suite.plugins.write('sample', { 'server/server.ts': slow })
    await enable()
    const entered = new Promise((resolve) => process.once('sample:entered' as never, resolve))
    const waiting = suite.platform.http(ping, { note: 'wait' })
    await entered
    await suite.plugins.write('sample', { 'server/server.ts': serverSource(2) })
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
    await suite.plugins.write('sample', { 'server/server.ts': serverSource(1, { started: loops }) })
    await enable()
    await reload()
    await disable()
    const seen = (globalThis as { sampleLoops?: string[] }).sampleLoops
    assert.deepEqual(seen, ['begin 1', 'end 1', 'begin 2', 'end 2'])
  })

  it('keeps fifty operations, newest first, and streams none of them to strangers', async () => {
    await enable()
    await disable()
    const { items } = await suite.platform.call(routes.listOperations, sample)
    assert.deepEqual(
      items.map(({ action }) => action),
      ['disable', 'enable'],
    )
    await assert.rejects(suite.platform.http(routes.listOperations, sample), {
      code: 'platform.sign_in_required',
    })
    await assert.rejects(suite.platform.http(routes.enablePlugin, sample), {
      code: 'platform.sign_in_required',
    })
  })

  it('builds its pages anew when they were deleted', async () => {
    await enable()
    await disable()
    await rm(path.join(suite.plugins.dataDirectory, 'plugin-assets'), { recursive: true })
    assert.equal((await enable()).state, 'done')
    const [shown] = (await suite.platform.http(routes.showUi, { app: 'portal' })).plugins
    assert.equal((await fetch(`http://127.0.0.1:${suite.platform.gateway.port}${shown?.module}`)).status, 200)
  })
})
