import assert from 'node:assert/strict'
import type { Knex } from 'knex'
import { Object, String } from 'typebox'
import { decimal, refusals, route } from '../../contract/index.ts'
import { createDatabase, migrateKernel } from '../../database/index.ts'
import type { AnswerOf } from '../implementation.ts'
import { testServices, type TestServices } from '../../testing/services.ts'
import {
  createBroker,
  implement,
  platformRefusals,
  silentLogger,
  type Broker,
  type Principal,
} from '../index.ts'

const words = refusals('till', {
  drawer_empty: { status: 422, message: 'The drawer is empty.' },
  drawer_busy: { status: 503, message: 'The drawer is busy.', retryable: true },
})
const pay = route({
  action: 'till.payments.create',
  rest: 'POST /till/payments',
  summary: 'Pay',
  permission: 'signedIn',
  params: Object({ amount: decimal, note: String() }),
  result: Object({ id: String() }),
  errors: [words.drawer_empty.code],
  idempotency: 'required',
})
const payNatively = route({ ...pay, action: 'till.payments.createNatively', idempotency: 'handler' })
const alice: Principal = { kind: 'user', userId: '1', permissions: new Set() }
const bob: Principal = { kind: 'user', userId: '2', permissions: new Set() }

describe('idempotency', () => {
  let services: TestServices
  let database: Knex
  let broker: Broker
  let runs: string[]
  let work: (key: string) => Promise<{ id: string }>

  const createTestBroker = (): Broker => {
    const created = createBroker({ database, log: silentLogger, nodeId: 'test', checkResults: true })
    created.publish('till', [
      implement(pay, ({ idempotencyKey }) => {
        runs.push(idempotencyKey)
        return work(idempotencyKey)
      }),
    ])
    return created
  }

  const send = (key: string, params: Partial<{ amount: string; note: string }> = {}, principal = alice) =>
    broker.call(pay, { amount: '1', note: 'tea', ...params }, { principal, idempotencyKey: key })

  const refused = (type: string) => (error: unknown) => {
    assert.equal((error as { type?: string }).type, type)
    return true
  }

  before(async () => {
    services = await testServices()
    database = createDatabase(services.databaseUrl)
    await migrateKernel(database)
  })

  after(async () => {
    await database.destroy()
    services.release()
  })

  beforeEach(() => {
    runs = []
    work = () => Promise.resolve({ id: `payment-${runs.length}` })
    broker = createTestBroker()
  })

  afterEach(async () => {
    await broker.stop()
    await database('idempotency_keys').delete()
  })

  it('answers a repeat with the first answer and runs once, whatever the order of the members', async () => {
    const first = await send('a')
    const repeat = { note: 'tea', amount: '1' }
    assert.deepEqual(await broker.call(pay, repeat, { principal: alice, idempotencyKey: 'a' }), first)
    assert.deepEqual(runs, ['a'])
  })

  it('refuses the key for other inputs', async () => {
    await send('a')
    await assert.rejects(send('a', { amount: '2' }), refused('platform.idempotency_conflict'))
    assert.deepEqual(runs, ['a'])
  })

  it('gives everybody keys of their own', async () => {
    assert.deepEqual(await send('a'), { id: 'payment-1' })
    assert.deepEqual(await send('a', {}, bob), { id: 'payment-2' })
  })

  it('asks for a well-formed key', async () => {
    await assert.rejects(send(''), refused('platform.idempotency_key_required'))
    await assert.rejects(send('two words'), refused('platform.idempotency_key_malformed'))
    await assert.rejects(send('x'.repeat(129)), refused('platform.idempotency_key_malformed'))
    assert.deepEqual(runs, [])
  })

  it('answers one of many at once and refuses the others as still running', async () => {
    const release = Promise.withResolvers<void>()
    const entered = Promise.withResolvers<void>()
    work = async () => {
      entered.resolve()
      await release.promise
      return { id: 'slow' }
    }
    const first = send('a')
    await entered.promise
    const others = await Promise.allSettled(Array.from({ length: 20 }, () => send('a')))
    for (const other of others) {
      assert.ok(other.status === 'rejected')
      refused('platform.idempotency_running')(other.reason)
    }
    release.resolve()
    assert.deepEqual(await first, { id: 'slow' })
    assert.deepEqual(await send('a'), { id: 'slow' })
    assert.equal(runs.length, 1)
  })

  it('remembers a refusal with its data', async () => {
    work = () => Promise.reject(words.drawer_empty({ available: '0' }))
    await assert.rejects(send('a'), refused('till.drawer_empty'))
    work = () => Promise.resolve({ id: 'late' })
    await assert.rejects(send('a'), (error: unknown) => {
      const { type, code, data } = error as { type: string; code: number; data: object }
      assert.deepEqual(
        { type, code, data },
        { type: 'till.drawer_empty', code: 422, data: { available: '0' } },
      )
      return true
    })
    assert.equal(runs.length, 1)
  })

  it('forgets refusals that may pass and bugs, so that the same key can try again', async () => {
    work = () => Promise.reject(words.drawer_busy())
    await assert.rejects(send('a'), refused('till.drawer_busy'))
    work = () => Promise.reject(new Error('a bug'))
    await assert.rejects(send('a'), /a bug/)
    work = () => Promise.resolve({ id: 'third' })
    assert.deepEqual(await send('a'), { id: 'third' })
    assert.equal(runs.length, 3)
  })

  it('takes over at once what a dead process of the same node left running', async () => {
    work = () => new Promise(() => undefined)
    const lost = send('a')
    lost.catch(() => undefined)
    while (runs.length === 0) await new Promise(setImmediate)
    await assert.rejects(send('a'), refused('platform.idempotency_running'))

    const restarted = createTestBroker()
    work = (key) => Promise.resolve({ id: `again ${key}` })
    const call = () =>
      restarted.call(pay, { amount: '1', note: 'tea' }, { principal: alice, idempotencyKey: 'a' })
    assert.deepEqual(await call(), { id: 'again a' })
    assert.deepEqual(await call(), { id: 'again a' })
    await restarted.stop()
  })

  it('leaves what another node runs alone until its lease ends', async () => {
    work = () => new Promise(() => undefined)
    send('a').catch(() => undefined)
    while (runs.length === 0) await new Promise(setImmediate)
    const other = createBroker({ database, log: silentLogger, nodeId: 'other' })
    other.publish('till', [implement(pay, () => Promise.resolve({ id: 'other' }))])
    const call = () =>
      other.call(pay, { amount: '1', note: 'tea' }, { principal: alice, idempotencyKey: 'a' })
    await assert.rejects(call(), refused('platform.idempotency_running'))
    await database.raw('UPDATE idempotency_keys SET lease_expires_at = NOW(3) - INTERVAL 1 SECOND')
    assert.deepEqual(await call(), { id: 'other' })
    await other.stop()
  })

  it('keeps a hundred different keys apart when they arrive together', async () => {
    work = (key) => Promise.resolve({ id: key })
    const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`)
    const answers = await Promise.all(keys.map((key) => send(key)))
    assert.deepEqual(
      answers.map(({ id }) => id),
      keys,
    )
    assert.equal(runs.length, 100)
  })

  describe('of a handler that recognises repeats itself', () => {
    const amounts = new Map<string, string>()
    const publish = (): void => {
      const handled = implement(payNatively, ({ params: { amount }, once }) =>
        once((key) => {
          runs.push(key)
          const known = amounts.get(key) ?? amount
          if (known !== amount) return Promise.reject(platformRefusals.idempotency_conflict())
          amounts.set(key, amount)
          return Promise.resolve({ id: `payment-${amounts.size}` })
        }),
      )
      broker.publish('till', [handled])
    }
    const sendNatively = (key: string, amount = '1') =>
      broker.call(payNatively, { amount, note: 'tea' }, { principal: alice, idempotencyKey: key })

    beforeEach(publish)

    it('runs it again for a repeat and keeps nothing', async () => {
      assert.deepEqual(await sendNatively('n1'), await sendNatively('n1'))
      assert.deepEqual(runs, ['n1', 'n1'])
      await assert.rejects(sendNatively('n1', '2'), refused('platform.idempotency_conflict'))
      assert.deepEqual(await database('idempotency_keys').select(), [])
    })

    it('asks for a well-formed key all the same', async () => {
      await assert.rejects(sendNatively(''), refused('platform.idempotency_key_required'))
      await assert.rejects(sendNatively('two words'), refused('platform.idempotency_key_malformed'))
      assert.deepEqual(runs, [])
    })

    it('takes no answer that was made without the key', async () => {
      // The compiler judges this line: a bare answer is none of a handler that has a key to hand on.
      const isBareRefused: { id: string } extends AnswerOf<typeof payNatively> ? false : true = true
      assert.ok(isBareRefused)
      const careless = implement(payNatively, ({ once }) => once(() => Promise.resolve({ id: 'careless' })))
      broker.publish('till', [careless])
      await assert.rejects(sendNatively('n2'), /must take the key/)
    })
  })
})
