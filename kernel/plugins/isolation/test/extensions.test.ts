import assert from 'node:assert/strict'
import * as schema from 'typebox'
import { route } from '../../../contract/index.ts'
import { changeSettings, showSettings } from '../../../settings/routes.ts'
import { createTestKernel, type TestKernel } from '../../../testing/index.ts'
import { isolatePlugin, readLog } from '../../routes.ts'
import { fixturePlugins, manifestSource, type FixturePlugins } from '../../test/fixture.ts'
import { eventually } from './isolation-place.ts'

const actRoute = route({
  action: 'sample.notes.write',
  rest: 'POST /sample/notes',
  summary: 'Does what it is told',
  permission: 'public',
  params: schema.Object({ what: schema.String(), argument: schema.Optional(schema.String()) }),
  result: schema.Any(),
  errors: [],
})

const files = {
  'portal/SampleHomePage.vue': null,
  'locales/en.json': JSON.stringify({ notices: { hello: 'Hello' } }),
  'plugin.ts': manifestSource('sample', {
    extra: `
      jobs: [{ name: 'sample.count', title: 'Counts', cron: '0 0 1 1 *' }],
      filterPoints: [pings.mayWrite],
      filters: [{ point: 'sample.notes.authorize@1', id: 'sample.short', order: 100 }],
      events: { emits: [pings.written], listens: ['sample.note.written'] },
      settings: { type: 'object', properties: { greeting: { type: 'string', title: 'Greeting', default: 'hello' } } },`,
  })
    .replace('permissions: [', 'permissions: [].concat([')
    .replace("roles: ['user'] }],", "roles: ['user'] }]).slice(1),")
    .replace('routes: [pings.ping, pings.write]', 'routes: [pings.act]')
    .replace(/ui: \{ portal[^]*?\] \} \},/, ''),
  'routes/pings.ts': `
    import { eventOf, filterPoint, refusals, route } from '@cambium/kernel/contract'
    import { Any, Integer, Object, Optional, String } from 'typebox'
    export const sampleRefusals = refusals('sample', { too_long: { status: 422, message: 'Too long.' } })
    export const mayWrite = filterPoint({ name: 'sample.notes.authorize@1', title: 'May it be written',
      context: Object({ text: String() }), onFailure: 'closed', timeoutMs: 2000 })
    export const written = eventOf({ name: 'sample.note.written', title: 'Written', data: Object({ text: String() }) })
    export const act = route({ action: 'sample.notes.write', rest: 'POST /sample/notes', summary: 'Acts', permission: 'public',
      params: Object({ what: String(), argument: Optional(String()) }), result: Any(), errors: ['sample.too_long'] })`,
  'server/server.ts': `
    import { implement, type StartPlugin } from '@cambium/kernel'
    import { act, mayWrite, sampleRefusals, written } from '../routes/pings.ts'
    export const start: StartPlugin = async (kernel) => {
      const { database } = kernel
      const told: string[] = []
      kernel.onSettingsChange((settings) => { told.push(String(settings.greeting)) })
      const acts = {
        emit: ({ text }) => database.transaction(async (trx) => {
          await trx('sample_notes').insert({ text })
          await kernel.events.emit(trx, written, { text }, { key: 'one' })
        }),
        filter: ({ text }) => kernel.filters.apply(mayWrite, { text }),
        job: () => kernel.jobs.start('sample.count', { from: 3 }),
        notes: async () => (await database('sample_notes').select('text').orderBy('id')).map(({ text }) => text),
        greeting: async () => [kernel.settings.greeting, told],
        now: async () => kernel.clock.now().getTime(),
        user: ({ text }) => kernel.users.find(text),
      }
      return {
        implementations: [implement(act, async ({ params }) => (await acts[params.what]({ text: params.argument })) ?? null)],
        jobs: {
          'sample.count': async ({ data, progress, log, clock, signal }) => {
            progress(50, 'half'); log('a line of the job')
            await database('sample_notes').insert({ text: 'counted ' + data.from + ' ' + (signal.aborted ? 'late' : 'in time') })
            return { at: clock.now().toISOString() }
          },
        },
        filters: { 'sample.short': async ({ text }) => { if (text.length > 5) throw sampleRefusals.too_long({ text }) } },
        listeners: { 'sample.note.written': async ({ data, key }) => {
          await database('sample_notes').insert({ text: 'heard ' + data.text + ' of ' + key }) } },
      }
    }`,
}

for (const tier of ['inline', 'worker', 'process'] as const) {
  describe(`extension points in the ${tier} tier`, function () {
    this.timeout(90_000)
    let plugins: FixturePlugins
    let kernel: TestKernel
    const act = (what: string, argument = '') => kernel.call(actRoute, { what, argument })

    before(async () => {
      plugins = await fixturePlugins()
      await plugins.write('sample', files)
      kernel = await createTestKernel({ pluginsDirectory: plugins.directory, plugins: ['sample'] })
      if (tier === 'inline') return
      const operation = await kernel.call(isolatePlugin, { pluginId: 'sample', tier })
      assert.equal(operation.state, 'done', operation.reason ?? undefined)
    })
    after(async () => {
      await kernel.stop()
      await plugins.dispose()
    })

    it('are told events after the transaction they were emitted in', async () => {
      await act('emit', 'news')
      await kernel.settled()
      assert.deepEqual(await act('notes'), ['news', 'heard news of one'])
    })

    it('refuse at a filter with the filter’s own refusal', async () => {
      assert.equal(await act('filter', 'short'), null)
      await assert.rejects(act('filter', 'far too long'), {
        type: 'sample.too_long',
        data: { text: 'far too long' },
      })
    })

    it('run jobs with their data, signal and log', async () => {
      await act('job')
      await kernel.settled()
      const notes = (await act('notes')) as string[]
      assert.ok(notes.includes('counted 3 in time'), notes.join())
    })

    it('see settings as they are now, and are told of changes', async () => {
      assert.deepEqual(await act('greeting'), ['hello', []])
      const { revision } = await kernel.call(showSettings, { pluginId: 'sample' })
      await kernel.call(changeSettings, { pluginId: 'sample', values: { greeting: 'bye' }, revision })
      const answer = await eventually(
        () => act('greeting') as Promise<[string, string[]]>,
        ([greeting, told]) => greeting === 'bye' && told.length > 0,
      )
      assert.deepEqual(answer, ['bye', ['bye']])
    })

    it('live in the kernel’s time', async () => {
      const before = Number(await act('now'))
      await kernel.clock.advance(3_600_000)
      const after = Number(await act('now'))
      assert.ok(after - before >= 3_600_000 && after - before < 3_700_000, String(after - before))
    })

    it('know users', async () => {
      const user = await kernel.createUser()
      const { id, level } = (await act('user', user.id)) as { id: string; level: number }
      assert.deepEqual([id, level], [user.id, 0])
    })

    it('log nothing unexpected', async () => {
      const { items } = await kernel.call(readLog, { pluginId: 'sample' })
      const bad = items.filter(({ level }) => level !== 'info').map(({ message }) => message)
      assert.deepEqual(bad, [])
    })
  })
}
