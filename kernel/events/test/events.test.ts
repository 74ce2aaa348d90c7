import assert from 'node:assert/strict'
import { Integer, Object } from 'typebox'
import { createBroker, silentLogger, type Broker } from '../../broker/index.ts'
import { eventOf, type ParamsOf, type ResultOf, type Route } from '../../contract/index.ts'
import { transaction } from '../../database/index.ts'
import { createTestClock, type TestClock } from '../../testing/test-clock.ts'
import { eventually, testDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { createEvents, type Events } from '../index.ts'
import { listDeliveries, listListeners, retryDelivery } from '../routes.ts'

const HOUR_MS = 60 * 60_000

describe('events', function () {
  this.timeout(60_000)
  let place: TestDatabase
  let events: Events
  let clock: TestClock
  let broker: Broker
  let count = 0

  const call = <X extends Route>(route: X, params: ParamsOf<X>): Promise<ResultOf<X>> =>
    broker.call(route, params, { principal: { kind: 'system' } })

  async function node(): Promise<Events> {
    const made = createEvents({ ...place, clock, log: silentLogger })
    await made.start()
    return made
  }

  /** An event of its own for each test. */
  function newEvent() {
    return eventOf({ name: `test.thing${(count += 1)}.done`, title: 'Done', data: Object({ n: Integer() }) })
  }

  async function emit(event: ReturnType<typeof newEvent>, ...items: readonly [key: string, n: number][]) {
    await transaction(place.database, (trx) =>
      events.emitAll(
        trx,
        event,
        items.map(([key, n]) => ({ key, data: { n } })),
      ),
    )
  }

  async function listen(
    event: ReturnType<typeof newEvent>,
    owner: string,
    work: (n: number, id: string) => Promise<void>,
  ) {
    events.publish(owner, {
      [event.name]: async ({ data, id }: { data: { n: number }; id: string }) => work(data.n, id),
    })
    await events.idle()
  }

  before(async () => {
    place = await testDatabase()
    clock = createTestClock(async () => events.wake())
    events = await node()
    broker = createBroker({ database: place.database, log: silentLogger })
    await broker.start()
    broker.publish('events', events.implementations)
  })
  after(async () => {
    await broker.stop()
    await events.stop()
    await place.stop()
  })

  it('are told to every listener after the commit, and never of what was rolled back', async () => {
    const event = newEvent()
    const told: string[] = []
    await listen(event, 'first', async (n) => void told.push(`first ${n}`))
    await listen(event, 'second', async (n) => void told.push(`second ${n}`))
    const failing = transaction(place.database, async (trx) => {
      await events.emitAll(trx, event, [{ key: 'a', data: { n: 1 } }])
      throw new Error('rolled back')
    })
    await assert.rejects(failing, /rolled back/)
    await transaction(place.database, async (trx) => {
      await events.emitAll(trx, event, [{ key: 'a', data: { n: 2 } }])
      assert.deepEqual(told, [])
    })
    await eventually(() => told.length === 2, 'both listeners')
    assert.deepEqual(told.sort(), ['first 2', 'second 2'])
  })

  it('wait for the outermost transaction, not for a savepoint in it', async () => {
    const event = newEvent()
    const told: number[] = []
    await listen(event, 'nested', async (n) => void told.push(n))
    await transaction(place.database, async (trx) => {
      await trx.transaction((inner) => events.emitAll(inner, event, [{ key: 'a', data: { n: 1 } }]))
      await trx.raw('SELECT SLEEP(0.05)')
      assert.deepEqual(told, [])
    })
    await eventually(() => told.length === 1, 'the listener')
  })

  it('keep their order per key over failures, while other keys go on', async () => {
    const event = newEvent()
    const told: number[] = []
    let isBroken = true
    await listen(event, 'ordered', async (n) => {
      if (n === 1 && isBroken) throw new Error('not yet')
      told.push(n)
    })
    await emit(event, ['a', 1], ['a', 2], ['b', 10], ['a', 3], ['b', 11])
    await eventually(() => told.length === 2, 'the other key')
    assert.deepEqual(told, [10, 11])
    isBroken = false
    await clock.advance(HOUR_MS)
    await eventually(() => told.length === 5, 'the held key')
    assert.deepEqual(told.slice(2), [1, 2, 3])
  })

  it('come again, with the same id, when the listener failed', async () => {
    const event = newEvent()
    const ids: string[] = []
    await listen(event, 'again', async (_, id) => {
      ids.push(id)
      if (ids.length === 1) throw new Error('once more')
    })
    await emit(event, ['a', 1])
    await eventually(() => ids.length === 1, 'the first try')
    await events.idle()
    await clock.advance(HOUR_MS)
    await eventually(() => ids.length === 2, 'the second try')
    assert.equal(ids[0], ids[1])
  })

  it('are set aside after many tries, shown to the operator, and told when the operator says so', async () => {
    const event = newEvent()
    let isBroken = true
    const told: number[] = []
    await listen(event, 'stubborn', async (n) => {
      if (isBroken && n === 1) throw new Error('never')
      told.push(n)
    })
    await emit(event, ['a', 1], ['a', 2])
    const failed = async () => (await call(listDeliveries, { state: 'failed', event: event.name })).items
    await eventually(async () => {
      await clock.advance(HOUR_MS)
      await events.idle()
      return (await failed()).length === 1
    }, 'the dead letter')
    await eventually(() => told.includes(2), 'what came after it')
    const [letter] = await failed()
    assert.match(letter?.reason ?? '', /never/)
    isBroken = false
    await call(retryDelivery, { deliveryId: letter?.id ?? '' })
    await eventually(() => told.includes(1), 'the retry')
    await assert.rejects(call(retryDelivery, { deliveryId: '1' }), { type: 'events.delivery_not_found' })
  })

  it('wait for a listener that is away', async () => {
    const event = newEvent()
    const told: number[] = []
    await listen(event, 'away', async (n) => void told.push(n))
    events.withdraw('away')
    await emit(event, ['a', 1], ['a', 2])
    const row = (await call(listListeners, {})).items.find((one) => one.event === event.name)
    assert.deepEqual(row, { event: event.name, listener: 'away', isServed: false, waiting: 2, failed: 0 })
    await listen(event, 'away', async (n) => void told.push(n))
    await eventually(() => told.length === 2, 'the listener that is back')
    assert.deepEqual(told, [1, 2])
  })

  it('are told by one node at a time', async () => {
    const other = await node()
    const event = newEvent()
    const told: string[] = []
    const listener = (by: string) => ({
      [event.name]: async ({ data }: { data: { n: number } }) => void told.push(`${by} ${data.n}`),
    })
    events.publish('shared', listener('one'))
    other.publish('shared', listener('other'))
    await events.idle()
    await other.idle()
    await emit(event, ...Array.from({ length: 50 }, (_, n) => ['a', n] as [string, number]))
    await eventually(() => told.length >= 50, 'all of them')
    await events.idle()
    await other.idle()
    assert.equal(told.length, 50)
    assert.deepEqual(
      told.map((line) => Number.parseInt(line.split(' ')[1] ?? '', 10)),
      Array.from({ length: 50 }, (_, n) => n),
    )
    await other.stop()
  })

  it('refuse data that the declaration does not allow', async () => {
    const event = newEvent()
    const wrong = transaction(place.database, (trx) =>
      events.emitAll(trx, event, [{ key: 'a', data: { n: 'many' } }]),
    )
    await assert.rejects(wrong, /does not declare: #\/n must be integer/)
  })

  it('are forgotten after a month nobody came for them', async () => {
    const event = newEvent()
    await listen(event, 'gone', async () => undefined)
    events.withdraw('gone')
    await emit(event, ['a', 1])
    await clock.advance(31 * 24 * HOUR_MS)
    assert.equal(await events.forgetOld(), 1)
  })
})
