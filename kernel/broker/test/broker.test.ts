import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Knex } from 'knex'
import { Integer, Object, Optional, String } from 'typebox'
import { decimal, refusals, route, timestamp } from '../../contract/index.ts'
import { createDatabase } from '../../database/index.ts'
import { testServices, type TestServices } from '../../testing/services.ts'
import { createBroker, implement, silentLogger, type Broker, type Principal } from '../index.ts'

const words = refusals('tree', { too_tall: { status: 422, message: 'Too tall.' } })
const system: Principal = { kind: 'system' }
const anonymous: Principal = { kind: 'anonymous' }
const gardener: Principal = { kind: 'user', userId: '7', permissions: new Set(['tree.trees.write']) }

const showTree = route({
  action: 'tree.trees.show',
  rest: 'GET /tree/:name',
  summary: 'Show a tree',
  permission: 'public',
  params: Object({ name: String() }, { additionalProperties: false }),
  result: Object({ name: String(), generation: Integer() }),
  errors: [],
})
const growTree = route({
  action: 'tree.trees.grow',
  rest: 'POST /tree/:name/grow',
  summary: 'Grow a tree',
  permission: 'tree.trees.write',
  params: Object({ name: String(), by: decimal, at: Optional(timestamp) }, { additionalProperties: false }),
  result: Object({ name: String() }),
  errors: [words.too_tall.code],
})
const listTrees = route({
  action: 'tree.trees.list',
  rest: 'GET /tree',
  summary: 'List trees',
  permission: 'signedIn',
  params: Object({}),
  result: Object({ count: Integer() }),
  errors: [],
})

const shows = (generation: number) =>
  implement(showTree, ({ params }) => Promise.resolve({ name: params.name, generation }))

describe('broker', () => {
  let services: TestServices
  let database: Knex
  let broker: Broker

  before(async () => {
    services = await testServices()
    database = createDatabase(services.databaseUrl)
  })

  after(async () => {
    await database.destroy()
    services.release()
  })

  beforeEach(() => {
    broker = createBroker({ database, log: silentLogger, checkResults: true })
  })

  afterEach(() => broker.stop())

  const refused = (type: string) => (error: unknown) => {
    assert.equal((error as { type?: string }).type, type)
    return true
  }

  it('answers what the current implementation answers', async () => {
    broker.publish('tree', [shows(1)])
    const call = () => broker.call(showTree, { name: 'oak' }, { principal: anonymous })
    assert.deepEqual(await call(), { name: 'oak', generation: 1 })
    broker.publish('tree', [shows(2)])
    assert.deepEqual(await call(), { name: 'oak', generation: 2 })
  })

  it('refuses strangers before it looks at what they sent', async () => {
    broker.publish('tree', [implement(growTree, () => Promise.resolve({ name: 'oak' }))])
    const call = (principal: Principal) => broker.call(growTree, {} as never, { principal })
    await assert.rejects(call(anonymous), refused('platform.sign_in_required'))
    const visitor: Principal = { kind: 'user', userId: '8', permissions: new Set() }
    await assert.rejects(call(visitor), refused('platform.permission_missing'))
    await assert.rejects(call(gardener), refused('validation'))
  })

  it('lets the system do everything, and signed-in users what needs no permission', async () => {
    broker.publish('tree', [
      implement(growTree, () => Promise.resolve({ name: 'oak' })),
      implement(listTrees, () => Promise.resolve({ count: 1 })),
    ])
    assert.deepEqual(await broker.call(growTree, { name: 'oak', by: '1' }, { principal: system }), {
      name: 'oak',
    })
    assert.deepEqual(await broker.call(listTrees, {}, { principal: gardener }), { count: 1 })
    await assert.rejects(
      broker.call(listTrees, {}, { principal: anonymous }),
      refused('platform.sign_in_required'),
    )
  })

  it('points at each fault of the parameters', async () => {
    broker.publish('tree', [implement(growTree, () => Promise.resolve({ name: 'oak' }))])
    const params = { by: '1e3', at: 'noon', colour: 'red' } as never
    await assert.rejects(broker.call(growTree, params, { principal: gardener }), (error: unknown) => {
      const { code, data } = error as { code: number; data: { errors: object[] } }
      assert.equal(code, 400)
      assert.deepEqual(data.errors, [
        { pointer: '#/name', detail: 'is required' },
        { pointer: '#/colour', detail: 'is not known' },
        { pointer: '#/by', detail: 'must be a plain decimal number' },
        { pointer: '#/at', detail: 'must be a moment like 2026-03-29T01:30:00.000Z' },
      ])
      return true
    })
  })

  it('passes refusals on and calls a wrong answer a bug', async () => {
    broker.publish('tree', [
      implement(growTree, () => Promise.reject(words.too_tall({ limit: '3' }))),
      implement(listTrees, () => Promise.resolve({ count: 'many' } as never)),
    ])
    await assert.rejects(
      broker.call(growTree, { name: 'oak', by: '1' }, { principal: gardener }),
      refused('tree.too_tall'),
    )
    await assert.rejects(
      broker.call(listTrees, {}, { principal: gardener }),
      /tree.trees.list answers what .*#\/count/,
    )
  })

  it('refuses a call to what nobody serves', async () => {
    broker.publish('tree', [shows(1)])
    broker.withdraw('tree')
    await assert.rejects(
      broker.call(showTree, { name: 'oak' }, { principal: anonymous }),
      refused('platform.unavailable'),
    )
  })

  it('keeps two owners from serving one action', () => {
    broker.publish('tree', [shows(1)])
    assert.throws(() => broker.publish('fern', [shows(2)]), /served by tree already/)
  })

  it('calls on as the same principal', async () => {
    broker.publish('tree', [
      implement(listTrees, async ({ call }) => ({
        count: (await call(showTree, { name: 'elm' })).generation,
      })),
      implement(showTree, ({ params, principal }) => {
        assert.equal(principal, gardener)
        return Promise.resolve({ name: params.name, generation: 5 })
      }),
    ])
    assert.deepEqual(await broker.call(listTrees, {}, { principal: gardener }), { count: 5 })
  })

  it('aborts the signal of a call when its caller goes away', async () => {
    const entered = Promise.withResolvers<AbortSignal>()
    broker.publish('tree', [
      implement(listTrees, async ({ signal }) => {
        entered.resolve(signal)
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        return { count: 0 }
      }),
    ])
    const abort = new AbortController()
    const answer = broker.call(listTrees, {}, { principal: gardener, signal: abort.signal })
    const signal = await entered.promise
    assert.equal(signal.aborted, false)
    abort.abort()
    await answer
    assert.equal(signal.aborted, true)
  })

  describe('publishing', () => {
    it('loses no call of fifty concurrent callers, whether the contract stays or changes', async () => {
      broker.publish('tree', [shows(0)])
      let isRunning = true
      let answered = 0
      const caller = async (): Promise<void> => {
        while (isRunning) {
          await broker.call(showTree, { name: 'oak' }, { principal: anonymous })
          answered += 1
          await new Promise(setImmediate)
        }
      }
      const callers = Array.from({ length: 50 }, caller)
      const wider = [implement(listTrees, () => Promise.resolve({ count: 1 }))]
      for (let generation = 1; generation <= 200; generation++) {
        const previous = broker.publish('tree', [shows(generation), ...(generation % 3 === 0 ? wider : [])])
        await new Promise(setImmediate)
        assert.equal(await previous.drained(1_000), true)
      }
      isRunning = false
      await Promise.all(callers)
      assert.ok(answered > 200, `only ${answered} calls were made`)
    })

    it('lets calls that run finish on the old code, and tells when the last has', async () => {
      const entered = Promise.withResolvers<void>()
      const release = Promise.withResolvers<void>()
      const old = implement(showTree, async () => {
        entered.resolve()
        await release.promise
        return { name: 'old', generation: 1 }
      })
      broker.publish('tree', [old])
      const answer = broker.call(showTree, { name: 'oak' }, { principal: anonymous })
      await entered.promise
      const previous = broker.publish('tree', [shows(2)])
      assert.equal(previous.inFlight, 1)
      const drained = previous.drained(10_000)
      release.resolve()
      assert.deepEqual(await answer, { name: 'old', generation: 1 })
      assert.equal(await drained, true)
    })

    it('aborts what still runs at the deadline', async () => {
      const entered = Promise.withResolvers<void>()
      broker.publish('tree', [
        implement(showTree, async ({ signal }) => {
          const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
          entered.resolve()
          await aborted
          return { name: 'stopped', generation: 0 }
        }),
      ])
      const answer = broker.call(showTree, { name: 'oak' }, { principal: anonymous })
      await entered.promise
      assert.equal(await broker.withdraw('tree').drained(20), false)
      assert.equal((await answer).name, 'stopped')
    })

    it('keeps nothing of the generations before', async () => {
      setFlagsFromString('--expose-gc')
      const collectGarbage = runInNewContext('gc') as () => void
      const references: WeakRef<object>[] = []
      for (let generation = 0; generation < 20; generation++) {
        const implementation = shows(generation)
        references.push(new WeakRef(implementation))
        broker.publish('tree', [implementation])
        await broker.call(showTree, { name: 'oak' }, { principal: anonymous })
      }
      await new Promise(setImmediate)
      collectGarbage()
      const kept = references.filter((reference) => reference.deref() !== undefined)
      assert.ok(kept.length <= 2, `${kept.length} of 20 generations are still in memory`)
      assert.equal(broker.moleculer.services.filter(({ name }) => name === 'tree').length, 1)
    })
  })
})
