import assert from 'node:assert/strict'
import * as schema from 'typebox'
import { route } from '../../../contract/index.ts'
import { pingRoute } from '../../test/fixture.ts'
import { eventually, openIsolationPlace, type IsolationPlace, type Placed } from './isolation-place.ts'

/** Generous: the machine may be busy with other tests. */
const NEIGHBOUR_MAX_MS = 1_000

const wreckRoute = route({
  action: 'wild.wrecks.run',
  rest: 'POST /wild/wrecks',
  summary: 'Misbehaves as it is told',
  permission: 'public',
  params: schema.Object({ how: schema.String() }),
  result: schema.Any(),
  errors: [],
})

const wildFiles = {
  'portal/WildHomePage.vue': null,
  'routes/pings.ts': `
    import { route } from '@cambium/kernel/contract'
    import { Any, Object, String } from 'typebox'
    export const wreck = route({ action: 'wild.wrecks.run', rest: 'POST /wild/wrecks', summary: 'Misbehaves',
      permission: 'public', params: Object({ how: String() }), result: Any(), errors: [] })`,
  'plugin.ts': `
    import { definePlugin } from '@cambium/kernel'
    import { wreck } from './routes/pings.ts'
    export const plugin = definePlugin({
      id: 'wild', version: '1.0.0', kernel: '^0.1.0', name: 'Wild', summary: 'x', description: 'x', publisher: 'Tests',
      category: 'tests', icon: 'i-lucide-flask-conical', permissions: [], routes: [wreck],
    })`,
  'server/server.ts': `
    import { implement, type StartPlugin } from '@cambium/kernel'
    import { wreck } from '../routes/pings.ts'
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    export const start: StartPlugin = async (kernel) => {
      const wrecks = {
        nothing: async () => 'well',
        throw: async () => { throw new Error('thrown by a handler') },
        loop: async () => { for (;;); },
        exit: async () => { process.exit(3) },
        reject: async () => { Promise.reject(new Error('nobody looked')); await new Promise(() => undefined) },
        throwLater: async () => { setImmediate(() => { throw new Error('thrown later') }); await new Promise(() => undefined) },
        leak: async () => { const all = []; for (;;) { all.push(new Array(100_000).fill(all.length)); await turn() } },
        leakBuffers: async () => {
          const all = []
          for (;;) { all.push(Buffer.alloc(4_000_000, 1)); await turn() }
        },
        flood: async () => { for (;;) { for (let i = 0; i < 200; i++) kernel.log.info('again'); await turn() } },
        floodAsks: async () => { for (let i = 0; i < 2_000; i++) kernel.database.raw('SELECT 1').catch(() => null); await new Promise(() => undefined) },
      }
      return { implementations: [implement(wreck, async ({ params }) => wrecks[params.how]())] }
    }`,
}

/** One that floods may also be too busy with it to answer in time. */
const fatal = {
  loop: /hang/,
  exit: /crash/,
  reject: /crash/,
  throwLater: /crash/,
  leak: /memory/,
  leakBuffers: /memory/,
  flood: /flood|hang/,
  floodAsks: /flood|hang/,
} as const

for (const tier of ['worker', 'process'] as const) {
  describe(`a wild plugin in the ${tier} tier`, function () {
    this.timeout(60_000)
    let place: IsolationPlace
    let wild: Placed
    const ping = pingRoute('calm')
    const wreck = (how: string) => place.call(wreckRoute, { how })

    before(async () => {
      place = await openIsolationPlace()
      await place.plugins.write('calm')
      await place.plugins.write('wild', wildFiles)
      await place.serve('calm', 'inline')
    })
    beforeEach(async () => {
      wild = await place.serve('wild', tier)
    })
    afterEach(() => wild.generation.scope.dispose(1_000))
    after(() => place.stop())

    /** The slowest answer of another plugin's route until `work` has ended. */
    async function neighbourWhile(work: Promise<unknown>): Promise<number> {
      let isOver = false
      let slowestMs = 0
      void work.catch(() => undefined).finally(() => (isOver = true))
      while (!isOver) {
        const startedAt = performance.now()
        await place.call(ping, {})
        slowestMs = Math.max(slowestMs, performance.now() - startedAt)
        await new Promise((resolve) => setImmediate(resolve))
      }
      return slowestMs
    }

    it('only fails its own call when a handler throws', async () => {
      await assert.rejects(wreck('throw'), { message: 'thrown by a handler' })
      assert.equal(await wreck('nothing'), 'well')
      assert.deepEqual(wild.faults, [])
    })

    for (const [how, kind] of Object.entries(fatal)) {
      it(`is started again after ${how}, and harms nobody meanwhile`, async () => {
        const call = wreck(how)
        call.catch(() => undefined)
        const slowestMs = await neighbourWhile(call)
        await assert.rejects(call, { type: 'plugins.runner_restarted', code: 503, retryable: true })
        assert.match(wild.faults[0]?.kind ?? '', kind, wild.faults[0]?.message)
        assert.ok(slowestMs < NEIGHBOUR_MAX_MS, `another plugin waited ${slowestMs.toFixed(0)} ms`)
        const answer = await eventually(
          () => wreck('nothing').catch((error: { type?: string }) => error.type),
          (said) => said === 'well',
        )
        assert.equal(answer, 'well')
        assert.ok(wild.generation.vitals().restarts > 0)
      })
    }

    it('goes to quarantine when it keeps failing, and is not started again', async () => {
      await eventually(
        async () => {
          await wreck('exit').catch(() => undefined)
          return wild.faults.map(({ kind }) => kind)
        },
        (kinds) => kinds.includes('quarantine'),
      )
      assert.equal(wild.faults.filter(({ kind }) => kind === 'crash').length, 5)
      const { restarts } = wild.generation.vitals()
      await assert.rejects(wreck('nothing'), { type: 'plugins.runner_restarted' })
      assert.equal(restarts, 4)
    })
  })

  describe(`a plugin that cannot start in the ${tier} tier`, function () {
    this.timeout(60_000)
    let place: IsolationPlace

    before(async () => {
      place = await openIsolationPlace()
    })
    after(() => place.stop())

    const starting = {
      'for (;;);': /failed while it started \(hang\)/,
      'process.exit(1)': /failed while it started \(crash\)/,
      "throw new Error('not today')": /not today/,
      'const all = []; for (;;) all.push(new Array(100_000).fill(all.length))': /\((memory|hang)\)/,
    }
    for (const [code, message] of Object.entries(starting)) {
      it(`is refused with the reason: ${code.slice(0, 30)}`, async () => {
        await place.plugins.write('wild', {
          ...wildFiles,
          'server/server.ts': `export const start = async () => { ${code} }`,
        })
        await assert.rejects(place.serve('wild', tier), { message })
      })
    }
  })
}
