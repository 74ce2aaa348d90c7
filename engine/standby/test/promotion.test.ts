import assert from 'node:assert/strict'
import { EngineUnavailable, type Command, type EngineClient, type Outcome } from '../../index.ts'
import { market } from '../../test/engine-process.ts'
import { eventually, TwoEngines } from './two-engines.ts'

function order(name: string): Command {
  return {
    op: 'place',
    market: 'BTC-USDT',
    account: 1,
    id: name,
    key: name,
    side: 'buy',
    type: 'limit',
    timeInForce: 'GTC',
    price: '1',
    quantity: '0.01',
  } as Command
}

const start: Command = { op: 'deposit', account: 1, asset: 'USDT', amount: '80000000', key: 'start' }

async function open(client: EngineClient): Promise<void> {
  await client.submitMany([market, start])
}

/** As a careful caller does it: the same key again until it is answered. */
async function insist(client: EngineClient, command: Command): Promise<Outcome> {
  for (;;) {
    try {
      return await client.submit(command)
    } catch (error) {
      if (!(error instanceof EngineUnavailable)) throw error
      await client.ready()
    }
  }
}

/** Who answers `question` within a moment: true when it does. */
async function answers(question: Promise<unknown>): Promise<boolean> {
  const answered = await question.then(
    () => true,
    (error: unknown) => {
      assert.ok(error instanceof EngineUnavailable)
      return false
    },
  )
  return answered
}

describe('promotion', function () {
  this.timeout(90_000)
  let engines: TwoEngines

  beforeEach(() => {
    engines = new TwoEngines()
  })

  afterEach(() => engines.dispose())

  it('hands over without a loss, and the old primary follows the new one after its restart', async () => {
    await engines.start()
    const { primary, standby } = engines
    const client = primary.client({ socket: engines.addresses })
    await open(client)
    assert.deepEqual(await standby.promote(), { epoch: 2, seq: 2, isHandedOver: true })
    assert.equal((await insist(client, order('after'))).seq, 3)
    assert.equal((await primary.status()).role, 'fenced')
    await primary.kill('SIGTERM')
    await primary.start('--standby-of', standby.socket)
    await primary.reaches(3)
    assert.deepEqual(await primary.ask({ ask: 'verify' }), { seq: 3 })
    assert.equal((await primary.status()).epoch, 2)
  })

  it('has every command answered in synchronous mode once, after kill -9 of the primary under load', async () => {
    await engines.start('--standby', 'sync')
    const { primary, standby } = engines
    const client = primary.client({ socket: engines.addresses })
    await open(client)
    const answered = new Map<string, Outcome>()
    let isKilled: Promise<unknown> | undefined
    let before: Map<string, Outcome> | undefined
    for (let round = 0; round < 30; round++) {
      const names = Array.from({ length: 50 }, (_, n) => `o${round * 50 + n}`)
      const settled = names.map(async (name) => answered.set(name, await insist(client, order(name))))
      // In the middle of a round: some are on both disks and answered, some on one, some nowhere.
      if (round === 9) {
        isKilled = settled[0]!.then(async () => {
          before = new Map(answered)
          await primary.kill()
          return standby.promote()
        })
      }
      await Promise.all(settled)
    }
    await isKilled
    assert.equal(answered.size, 1500)
    await client.ready()
    const { orders } = await client.openOrders({ account: 1 })
    assert.equal(orders.length, 1500, 'each is there once')
    const numbers = new Map(orders.map(({ id, order }) => [id, order]))
    for (const [id, { seq }] of before!)
      assert.equal(numbers.get(id), seq, 'with the seq it was answered with')
  })

  it('asks for the word of the operator when an asynchronous primary does not step down, and says what may be lost', async () => {
    await engines.start()
    const { primary, standby } = engines
    await open(primary.client())
    await standby.reaches(2)
    engines.line.cut()
    const lost = await primary.client().submit(order('lost'))
    assert.equal(lost.seq, 3)
    await assert.rejects(standby.promote(), { code: 'primary_must_step_down' })
    assert.equal((await standby.status()).role, 'standby')
    const { warning, ...promoted } = await standby.promote(true)
    assert.deepEqual(promoted, { epoch: 2, seq: 2, isHandedOver: false })
    assert.match(warning!, /after event 2 is lost/)
  })

  it('refuses to follow with records that the new epoch does not have, until it is seeded again', async () => {
    await engines.start()
    const { primary, standby } = engines
    await open(primary.client())
    await standby.reaches(2)
    engines.line.cut()
    await primary.client().submit(order('lost'))
    await standby.promote(true)
    await standby.client().submitMany([order('a'), order('b')])
    await primary.kill()
    await primary.start('--standby-of', standby.socket)
    await eventually(async () => (await primary.status()).role === 'diverged', 'it finds out')
    assert.match((await primary.status()).reason!, /diverged at event 3: .*start it with --reseed/)
    assert.ok(!(await answers(primary.read({ read: 'hash' }))))
    await primary.kill()
    await primary.start('--standby-of', standby.socket, '--reseed')
    await primary.reaches(4)
    await primary.ask({ ask: 'verify' })
  })

  it('lets nobody follow events that were replaced', async () => {
    await engines.start()
    const { primary, standby } = engines
    await open(primary.client())
    await standby.reaches(2)
    engines.line.cut()
    const seen: number[] = []
    const reasons: (string | undefined)[] = []
    const onDisconnect = (reason: Error): void => {
      reasons.push((reason as EngineUnavailable).code)
    }
    const client = primary.client({ socket: engines.addresses, onDisconnect })
    client.follow(1, (events) => {
      seen.push(...events.map(({ seq }) => seq))
    })
    await client.submit(order('lost'))
    await eventually(() => seen.length === 3, 'the follower has it')
    await primary.kill()
    await standby.promote(true)
    await insist(client, order('a'))
    await insist(client, order('b'))
    await eventually(() => reasons.includes('events_replaced'), 'the follower is told')
    assert.deepEqual(seen, [1, 2, 3])
  })

  it('never lets two answer in synchronous mode, whatever the line between them loses', async () => {
    await engines.start('--standby', 'sync', '--standby-wait', '300ms')
    const { primary, standby } = engines
    const old = primary.client()
    await open(old)
    engines.line.cut()
    const waiting = answers(old.submit(order('waiting')))
    const reading = answers(old.balances(1))
    // The standby cannot ask the old primary anything, and needs not: it alone decides what is acknowledged.
    const { epoch, isHandedOver } = await standby.promote()
    assert.deepEqual({ epoch, isHandedOver }, { epoch: 2, isHandedOver: false })
    const { seq } = await standby.client().submit(order('new'))
    assert.equal(seq, 3)
    assert.ok(!(await waiting), 'the old primary answers no command')
    assert.ok(!(await reading), 'nor a read')
    assert.ok(!(await answers(old.submit(order('later')))))
    assert.ok(!(await answers(old.depth('BTC-USDT', 5))))
    // One client that has seen the new epoch is enough for the old primary to know.
    const both = primary.client({ socket: engines.addresses, epoch: 2 })
    await both.ready()
    assert.deepEqual(
      (await both.openOrders({ account: 1 })).orders.map(({ id }) => id),
      ['new'],
    )
    await eventually(async () => (await primary.status()).role === 'fenced', 'the old primary is fenced')
    engines.line.heal()
    assert.ok(!(await answers(old.submit(order('healed')))))
  })

  it('never answers again once it is fenced, not even after a restart', async () => {
    await engines.start()
    const { primary, standby } = engines
    await open(primary.client())
    await standby.reaches(2)
    await standby.promote()
    await primary.kill()
    await primary.start()
    const { role, known, reason } = await primary.status()
    assert.deepEqual({ role, known }, { role: 'fenced', known: 2 })
    assert.match(reason!, /epoch 2 has begun elsewhere/)
    assert.ok(!(await answers(primary.client().submit(order('a')))))
    assert.ok(!(await answers(primary.read({ read: 'balances' }))))
  })

  it('tells an old primary that could not be reached, as soon as it can be', async () => {
    await engines.start()
    const { primary, standby } = engines
    await open(primary.client())
    await standby.reaches(2)
    engines.line.cut()
    await standby.promote(true)
    assert.equal((await primary.status()).role, 'primary', 'nobody has told it')
    engines.line.heal()
    await eventually(async () => (await primary.status()).role === 'fenced', 'the new primary tells it')
  })

  it('lets an engine that comes back ask its peer, and follow it when that was promoted', async () => {
    const { primary, standby } = engines
    const peer = ['--peer', standby.socket]
    await primary.start(...peer)
    await engines.startStandby()
    await open(primary.client())
    await standby.reaches(2)
    await primary.kill()
    await primary.start(...peer)
    assert.equal((await primary.status()).role, 'primary')
    await primary.client().submit(order('a'))
    await standby.reaches(3)
    await primary.kill()
    await standby.promote(true)
    await standby.client().submit(order('b'))
    await primary.start(...peer)
    await primary.reaches(4)
    assert.equal((await primary.status()).role, 'standby')
  })

  it('refuses a second standby of a primary that has been replaced', async () => {
    await engines.start()
    const { primary, standby } = engines
    await open(primary.client())
    const third = engines.add('third')
    await third.start('--standby-of', primary.socket)
    await third.reaches(2)
    await standby.reaches(2)
    await standby.promote()
    await assert.rejects(third.promote(), { code: 'engine_is_fenced' })
    assert.equal((await third.status()).role, 'standby')
  })
})

describe('synchronous mode', function () {
  this.timeout(90_000)
  let engines: TwoEngines

  beforeEach(() => {
    engines = new TwoEngines()
  })

  afterEach(() => engines.dispose())

  it('refuses while the standby is away, and answers with the same key once it is back', async () => {
    await engines.start('--standby', 'sync', '--standby-wait', '300ms')
    const { primary } = engines
    const client = primary.client()
    await open(client)
    engines.line.cut()
    await assert.rejects(client.submit(order('a')), { code: 'standby_unavailable', retryable: true })
    await assert.rejects(client.submit(order('b')), { code: 'standby_unavailable' })
    await assert.rejects(client.balances(1), { code: 'standby_unavailable' })
    engines.line.heal()
    const again = await insist(client, order('a'))
    assert.deepEqual({ seq: again.seq, duplicate: again.duplicate }, { seq: 3, duplicate: true })
    assert.equal((await client.openOrders({ account: 1 })).orders.length, 1)
  })

  it('is found by clients and followers that came while the standby was away', async () => {
    await engines.start('--standby', 'sync', '--standby-wait', '300ms')
    const { primary } = engines
    const before = primary.client()
    await open(before)
    engines.line.cut()
    await assert.rejects(before.submit(order('a')), { code: 'standby_unavailable' })
    let refused = 0
    const client = primary.client({ onDisconnect: () => refused++ })
    const seen: number[] = []
    client.follow(1, (events) => {
      seen.push(...events.map(({ seq }) => seq))
    })
    await eventually(() => refused >= 2, 'both were refused')
    engines.line.heal()
    await client.ready()
    assert.equal((await client.openOrders({ account: 1 })).orders.length, 1)
    await eventually(() => seen.length === 3, 'the follower has all events')
  })

  it('does not even repeat an answer while the standby is away', async () => {
    await engines.start('--standby', 'sync', '--standby-wait', '300ms')
    const client = engines.primary.client()
    await open(client)
    engines.line.cut()
    await assert.rejects(client.submit(start), { code: 'standby_unavailable' })
  })

  it('is kept until the standby knows that it is not needed any more', async () => {
    await engines.start('--standby', 'sync', '--standby-wait', '300ms')
    const { primary, standby } = engines
    await open(primary.client())
    engines.line.cut()
    await primary.kill()
    await primary.start('--standby-wait', '300ms')
    assert.ok(!(await answers(primary.client().submit(order('a')))), 'the standby may have been promoted')
    engines.line.heal()
    await eventually(async () => (await primary.status()).mode === 'async', 'the standby has been told')
    assert.equal((await standby.status()).isNeeded, false)
    await standby.kill()
    await primary.client().submit(order('b'))
  })

  it('goes on alone where that was asked for, and says so', async () => {
    await engines.start('--standby', 'sync-or-alone', '--standby-wait', '300ms')
    const { primary, standby } = engines
    const client = primary.client()
    await open(client)
    engines.line.cut()
    assert.equal((await client.submit(order('alone'))).seq, 3)
    assert.ok(primary.hasTold(/ALONE: .*only copy of what is answered, after event 2 of 3/))
    assert.equal((await primary.status()).isAlone, true)
    engines.line.heal()
    await standby.reaches(3)
    await eventually(async () => (await primary.status()).isAlone === false, 'it waits for the standby again')
  })
})
