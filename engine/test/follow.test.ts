import assert from 'node:assert/strict'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Command, EngineClient, EngineEvent } from '../index.ts'
import { EngineProcess, market } from './engine-process.ts'

function deposits(count: number): Command[] {
  return Array.from({ length: count }, () => ({ op: 'deposit', account: 1, asset: 'USDT', amount: '1' }))
}

/** Resolves with all events from `fromSeq` to `endSeq`. */
function collect(client: EngineClient, fromSeq: number, endSeq: number): Promise<EngineEvent[]> {
  return new Promise((resolve) => {
    const events: EngineEvent[] = []
    const stop = client.follow(fromSeq, (batch) => {
      events.push(...batch)
      if (events.at(-1)!.seq < endSeq) return
      stop()
      resolve(events)
    })
  })
}

describe('event stream', function () {
  this.timeout(60_000)
  let engine: EngineProcess
  let client: EngineClient

  beforeEach(async () => {
    engine = new EngineProcess()
    await engine.start()
    client = engine.client()
    await client.submit(market)
  })

  afterEach(() => engine.dispose())

  const seqsFrom = (from: number, end: number): number[] =>
    Array.from({ length: end - from + 1 }, (_, n) => from + n)

  it('gives every event from any seq on, old ones and new ones, once and in order', async () => {
    await client.submitMany(deposits(3000))
    const live = collect(client, 1234, 6001)
    await client.submitMany(deposits(3000))
    const seqs = (await live).map(({ seq }) => seq)
    assert.deepEqual(seqs, seqsFrom(1234, 6001))
  })

  it('goes on by itself after the engine was killed and started again', async () => {
    const live = collect(client, 1, 201)
    await client.submitMany(deposits(100))
    await engine.stop('SIGKILL')
    await engine.start()
    const later = engine.client()
    await later.submitMany(deposits(100))
    assert.deepEqual(
      (await live).map(({ seq }) => seq),
      seqsFrom(1, 201),
    )
  })

  it('is written again from the journal when its files are gone', async () => {
    await client.submitMany(deposits(500))
    const before = await collect(client, 1, 501)
    await engine.stop()
    rmSync(join(engine.data, 'events'), { recursive: true })
    await engine.start()
    assert.deepEqual(await collect(engine.client(), 1, 501), before)
  })

  it('gives the same events again to a consumer that failed to take them', async () => {
    await client.submitMany(deposits(10))
    let attempts = 0
    const seen: number[] = []
    await new Promise<void>((resolve) => {
      const stop = client.follow(2, (events) => {
        attempts++
        if (attempts === 1) throw new Error('the database is away')
        seen.push(...events.map(({ seq }) => seq))
        if (seen.at(-1)! < 11) return
        stop()
        resolve()
      })
    })
    assert.deepEqual(seen, seqsFrom(2, 11))
    assert.ok(attempts > 1)
  })

  it('holds up nobody when one consumer is slow', async () => {
    let release: () => void = () => undefined
    const blocked = new Promise<void>((resolve) => (release = resolve))
    const stop = client.follow(1, () => blocked)
    const live = collect(client, 1, 4001)
    await client.submitMany(deposits(4000))
    assert.equal((await live).length, 4001)
    release()
    stop()
  })
})

describe('engine socket', function () {
  this.timeout(60_000)
  let engine: EngineProcess

  beforeEach(async () => {
    engine = new EngineProcess()
    await engine.start()
  })

  afterEach(() => engine.dispose())

  for (const [what, bytes] of [
    ['a frame that is too long', Buffer.from([0xff, 0xff, 0xff, 0x7f, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])],
    ['a frame of no kind', Buffer.from([16, 0, 0, 0, 99, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])],
    [
      'a command that is none',
      Buffer.from([24, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 8, 0, 4, 0, 0, 0, 0, 0]),
    ],
    ['a question that is not JSON', Buffer.from([18, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 65, 66])],
  ] as const) {
    it(`closes a connection that sends ${what}, with the reason, and serves the others`, async () => {
      const client = engine.client()
      await client.submit(market)
      const socket = connect(engine.socket)
      let received = ''
      socket.on('data', (chunk) => (received += chunk.toString('latin1')))
      socket.write(bytes)
      await once(socket, 'close')
      assert.match(received, /"code":"protocol","message":"/)
      assert.equal((await client.submit({ op: 'deposit', account: 1, asset: 'BTC', amount: '1' })).seq, 2)
    })
  }

  it('answers a refused command with an outcome, and reads with the seq they are true at', async () => {
    const client = engine.client()
    await client.submit(market)
    const place = {
      op: 'place',
      market: 'BTC-USDT',
      account: 1,
      id: 'x',
      side: 'buy',
      type: 'limit',
    } as const
    const { events } = await client.submit({ ...place, timeInForce: 'GTC', price: '1.001', quantity: '1' })
    assert.equal(events[0]?.event === 'rejected' && events[0].reason, 'price_off_tick')
    assert.equal((await client.markets()).seq, 2)
    assert.equal(await client.depth('NO-SUCH', 5), undefined)
    await assert.rejects(client.submit({ ...place, timeInForce: 'GTC', price: 'x', quantity: '1' }), {
      name: 'MalformedCommand',
    })
  })

  it('tells the orders of one market, of one account, or of both, on the book and waiting', async () => {
    const client = engine.client()
    await client.submit(market)
    await client.submit({ ...market, market: 'ETH-USDT', base: 'ETH' })
    for (const account of [1, 2]) {
      await client.submit({ op: 'deposit', account, asset: 'USDT', amount: '100' })
      for (const name of ['BTC-USDT', 'ETH-USDT']) {
        const place = { op: 'place', market: name, account, side: 'buy', quantity: '1' } as const
        await client.submit({ ...place, id: `${name}.on`, type: 'limit', timeInForce: 'GTC', price: '1' })
        await client.submit({ ...place, id: `${name}.off`, type: 'stop', triggerPrice: '5' })
      }
    }
    const asked = async (question: { account?: number; market?: string }): Promise<string[]> =>
      (await client.openOrders(question)).orders.map(({ account, id }) => `${account} ${id}`)
    const [one, two] = [1, 2].map((account) => [`${account} ETH-USDT.on`, `${account} ETH-USDT.off`])
    assert.deepEqual(await asked({ account: 1, market: 'ETH-USDT' }), one)
    assert.deepEqual(await asked({ market: 'ETH-USDT' }), [one![0], two![0], one![1], two![1]])
    assert.equal((await asked({ account: 2 })).length, 4)
    assert.equal((await asked({})).length, 8)
  })

  it('tells callers at once that the engine is away, and serves them when it is back', async () => {
    const client = engine.client()
    await client.submit(market)
    await engine.stop()
    await assert.rejects(client.submit(market), { name: 'EngineUnavailable', retryable: true })
    await engine.start()
    await client.ready()
    assert.equal((await client.markets()).markets.length, 1)
  })
})
