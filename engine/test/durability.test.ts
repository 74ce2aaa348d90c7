import assert from 'node:assert/strict'
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command, EngineClient, Outcome } from '../index.ts'
import { PAGE_BYTES, recordAt, sealRecord, segmentName } from '../journal/segment.ts'
import { EngineProcess, market } from './engine-process.ts'

function orders(count: number, name: string): Command[] {
  return Array.from({ length: count }, (_, n) => ({
    op: 'place',
    market: 'BTC-USDT',
    account: 1,
    id: `${name}-${n}`,
    key: `${name}-${n}`,
    side: 'buy',
    type: 'limit',
    timeInForce: 'GTC',
    price: '1',
    quantity: '0.01',
  }))
}

async function open(client: EngineClient): Promise<void> {
  await client.submitMany([
    market,
    { op: 'deposit', account: 1, asset: 'USDT', amount: '80000000', key: 'start' },
  ])
}

/** Where the records of a segment start, and where the last one ends. */
function recordsOf(bytes: Buffer): number[] {
  const offsets = [PAGE_BYTES]
  for (let head = recordAt(bytes, PAGE_BYTES); head; head = recordAt(bytes, offsets.at(-1)!)) {
    offsets.push(offsets.at(-1)! + head.length)
  }
  return offsets
}

describe('engine process', function () {
  this.timeout(60_000)
  let engine: EngineProcess

  beforeEach(() => {
    engine = new EngineProcess()
  })

  afterEach(() => engine.dispose())

  const lastSegment = (): string =>
    join(
      engine.data,
      readdirSync(engine.data)
        .filter((name) => name.endsWith('.log'))
        .sort()
        .at(-1)!,
    )

  it('has every acknowledged order once after kill -9 under load', async () => {
    await engine.start()
    await open(engine.client())
    const acknowledged: Outcome[] = []
    for (let round = 0; round < 4; round++) {
      const client = engine.client()
      await client.ready()
      const commands = orders(400, `round${round}`)
      const settled = commands.map(async (command, n) => {
        // The death falls where it falls: some are on disk and answered, some on disk only, some nowhere.
        const outcome = await client.submit(command)
        acknowledged.push(outcome)
        if (n === 150) await engine.stop('SIGKILL')
      })
      for (const command of orders(400, `late${round}`)) {
        await client.submit(command).then(
          (outcome) => acknowledged.push(outcome),
          () => undefined,
        )
      }
      await Promise.allSettled(settled)
      client.close()
      const { seq } = await engine.start()
      assert.ok(seq >= Math.max(...acknowledged.map((outcome) => outcome.seq)))
    }
    const client = engine.client()
    const { orders: open_ } = await client.openOrders({ account: 1 })
    const ids = new Set(open_.map(({ id }) => id))
    assert.equal(ids.size, open_.length, 'no order is there twice')
    const missing = acknowledged
      .flatMap(({ events }) => events)
      .filter((event) => event.event === 'accepted' && !ids.has(event.id))
    assert.deepEqual(missing, [])
    assert.ok(acknowledged.length > 400)

    const again = await client.submitMany(orders(400, 'round0'))
    for (const { events, duplicate, seq } of again) {
      const first = acknowledged.find((outcome) => outcome.seq === seq)
      if (first) assert.deepEqual({ events, duplicate }, { events: first.events, duplicate: true })
    }
    const { orders: after } = await client.openOrders({ account: 1 })
    assert.equal(new Set(after.map(({ id }) => id)).size, after.length)
  })

  it('comes back from SIGTERM with the same state, and exits with 0', async () => {
    await engine.start()
    const client = engine.client()
    await open(client)
    await client.submitMany(orders(5000, 'many'))
    const before = await client.hash()
    assert.equal(await engine.stop(), 0)
    const { seq, replayed } = await engine.start()
    assert.equal(seq, before.seq)
    assert.equal(replayed, 5002)
    assert.ok(readdirSync(engine.data).includes(segmentName(2)), 'the journal went on in a second segment')
    assert.deepEqual(await engine.client().hash(), before)
  })

  it('answers a key it knew before the restart with the events of the first time', async () => {
    await engine.start()
    const client = engine.client()
    await open(client)
    const command = { op: 'deposit', account: 7, asset: 'BTC', amount: '3', key: 'k' } as const
    const first = await client.submit(command)
    await engine.stop()
    await engine.start()
    const later = engine.client()
    assert.deepEqual(await later.submit(command), { ...first, duplicate: true })
    assert.equal((await later.balances(7)).balances[0]?.available, '3')
  })

  it('cuts an interrupted last write and goes on', async () => {
    await engine.start()
    const client = engine.client()
    await open(client)
    const before = await client.hash()
    await engine.stop()
    const path = lastSegment()
    const bytes = readFileSync(path)
    const end = recordsOf(bytes).at(-1)!
    const torn = Buffer.alloc(2048, 7)
    const { crc: previousCrc } = recordAt(bytes, recordsOf(bytes).at(-2)!)!
    sealRecord(torn, { previousCrc, firstSeq: before.seq + 1, count: 10, events: 10, time: 0, epoch: 0 })
    torn.copy(bytes, end, 0, 700)
    writeFileSync(path, bytes)
    assert.equal((await engine.start()).seq, before.seq)
    const again = engine.client()
    assert.deepEqual(await again.hash(), before)
    await again.submitMany(orders(10, 'after'))
    await engine.stop()
    assert.equal((await engine.start()).seq, before.seq + 10)
  })

  it('refuses to start on a flipped bit, and names the file and the byte', async () => {
    await engine.start()
    const client = engine.client()
    await open(client)
    for (const command of orders(20, 'single')) await client.submit(command)
    await engine.stop()
    const path = lastSegment()
    const bytes = readFileSync(path)
    const fifth = recordsOf(bytes)[4]!
    bytes[fifth + 60]! ^= 4
    writeFileSync(path, bytes)
    await assert.rejects(
      engine.start(),
      new RegExp(`journal-00000001.log is damaged at byte ${fifth}: .*sound record follows`),
    )
  })

  for (const [what, damage] of [
    ['its commands', (bytes: Buffer, record: number) => (bytes[record + 60]! ^= 4)],
    ['its head', (bytes: Buffer, record: number) => (bytes[record + 16]! ^= 4)],
    ['its footer', (bytes: Buffer, record: number, end: number) => (bytes[end - 3]! ^= 4)],
  ] as const) {
    it(`refuses to start on a flipped bit in ${what} when nothing follows and nothing else is known of it`, async () => {
      await engine.start()
      await open(engine.client())
      await engine.stop('SIGKILL')
      rmSync(join(engine.data, 'events'), { recursive: true })
      const path = lastSegment()
      const bytes = readFileSync(path)
      const [record = 0, end = 0] = recordsOf(bytes).slice(-2)
      damage(bytes, record, end)
      writeFileSync(path, bytes)
      await assert.rejects(
        engine.start(),
        new RegExp(`is damaged at byte ${record}: .*it was written whole, so this is no interrupted write`),
      )
    })
  }

  it('refuses to start when the last record is gone but its events were given out', async () => {
    await engine.start()
    await open(engine.client())
    await engine.stop()
    const path = lastSegment()
    const bytes = readFileSync(path)
    const record = recordsOf(bytes).at(-3)!
    bytes.fill(0, record)
    writeFileSync(path, bytes)
    await assert.rejects(engine.start(), /is damaged at byte \d+: events up to 2 were given out/)
  })

  it('refuses to start without a segment in the middle', async () => {
    await engine.start()
    const client = engine.client()
    await open(client)
    for (let n = 0; n < 3; n++) await client.submitMany(orders(3500, `part${n}`))
    await engine.stop()
    renameSync(join(engine.data, segmentName(2)), join(engine.folder, 'elsewhere'))
    await assert.rejects(engine.start(), /journal-00000002.log is missing/)
  })

  it('refuses a folder that another engine uses, and takes over from a dead one', async () => {
    await engine.start()
    const second = new EngineProcess()
    const options = ['--data', engine.data, '--socket', second.socket]
    await assert.rejects(second.start(...options), /another engine \(process \d+\) runs in this folder/)
    await engine.stop('SIGKILL')
    assert.equal((await second.start(...options)).seq, 0)
    await second.dispose()
  })
})
