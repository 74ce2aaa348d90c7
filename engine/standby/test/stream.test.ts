import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EngineUnavailable, type Command, type EngineClient, type Outcome } from '../../index.ts'
import { parseStreamAddress } from '../stream-log.ts'
import { eventually, TwoEngines } from './two-engines.ts'
import { NatsServer } from './nats-server.ts'

function deposit(key: string): Command {
  return { op: 'deposit', account: 1, asset: 'USDT', amount: '1', key }
}

async function load(client: EngineClient, count: number, name: string): Promise<Outcome[]> {
  return client.submitMany(Array.from({ length: count }, (_, n) => deposit(`${name}-${n}`)))
}

describe('journal in a stream', function () {
  this.timeout(90_000)
  let engines: TwoEngines
  let nats: NatsServer
  let journal: string[]

  beforeEach(async () => {
    engines = new TwoEngines()
    nats = new NatsServer(engines.folder)
    await nats.start()
    journal = ['--journal', nats.stream('ENGINE')]
  })

  afterEach(async () => {
    await engines.dispose()
    await nats.kill()
  })

  it('has everything answered after kill -9, also where the engine’s folder is lost', async () => {
    const { primary } = engines
    await primary.start(...journal)
    for (let n = 0; n < 30; n++) await load(primary.client(), 20, `round${n}`)
    await primary.kill()
    await primary.start(...journal)
    const { seq, hash } = await primary.client().hash()
    assert.equal(seq, 600)
    await primary.kill()
    rmSync(primary.data, { recursive: true })
    await assert.rejects(primary.start(...journal), /last written by another engine.* start with --take-over/)
    await primary.start(...journal, '--take-over')
    assert.deepEqual(await primary.client().hash(), { seq, hash })
    assert.equal((await primary.client().submit(deposit('round7-3'))).duplicate, true)
  })

  it('lets one of two writers answer: the other is fenced', async () => {
    const { primary, standby } = engines
    await primary.start(...journal)
    await load(primary.client(), 10, 'a')
    await standby.start(...journal, '--take-over')
    const late = primary.client().submit(deposit('late'))
    await assert.rejects(late, (error) => error instanceof EngineUnavailable)
    await eventually(async () => (await primary.status()).role === 'fenced', 'the first one knows')
    await assert.rejects(primary.read({ read: 'balances' }), { code: 'engine_is_fenced' })
    const outcome = await standby.client().submit(deposit('late'))
    assert.deepEqual({ seq: outcome.seq, duplicate: outcome.duplicate }, { seq: 11, duplicate: false })
    assert.equal((await standby.client().balances(1)).balances[0]!.available, '11')
  })

  it('finds out by itself that another engine writes', async () => {
    const { primary, standby } = engines
    await primary.start(...journal)
    await load(primary.client(), 10, 'a')
    await standby.start(...journal, '--take-over')
    await eventually(async () => (await primary.status()).role === 'fenced', 'nobody has told it')
  })

  it('goes on when the server was killed and is back, and has nothing twice', async () => {
    const { primary } = engines
    await primary.start(...journal)
    const client = primary.client()
    await load(client, 10, 'a')
    await nats.kill()
    const waiting = load(client, 500, 'b')
    await nats.start()
    assert.equal((await waiting).at(-1)!.seq, 510)
    const { hash } = await client.hash()
    await primary.kill()
    rmSync(primary.data, { recursive: true })
    await primary.start(...journal, '--take-over')
    assert.equal((await primary.client().hash()).hash, hash)
  })

  it('refuses what it could not store in time, and has it once after another try', async () => {
    const { primary } = engines
    await primary.start(...journal)
    const client = primary.client()
    await load(client, 10, 'a')
    await nats.kill()
    await assert.rejects(client.submit(deposit('b')), { code: 'journal_unavailable' })
    await nats.start()
    let outcome: Outcome | undefined
    await eventually(async () => {
      outcome = await client.submit(deposit('b')).catch(() => undefined)
      return outcome !== undefined
    }, 'commands are accepted again')
    assert.deepEqual({ seq: outcome!.seq, duplicate: outcome!.duplicate }, { seq: 11, duplicate: false })
    await primary.kill()
    rmSync(primary.data, { recursive: true })
    await primary.start(...journal, '--take-over')
    assert.equal((await primary.client().balances(1)).balances[0]!.available, '11')
  })

  it('splits a record that is longer than the server takes', async () => {
    const configuration = join(engines.folder, 'nats.conf')
    writeFileSync(configuration, 'max_payload: 4096\n')
    await nats.kill()
    await nats.start('-c', configuration)
    const { primary } = engines
    await primary.start(...journal)
    await load(primary.client(), 1000, 'a')
    const { seq, hash } = await primary.client().hash()
    await primary.kill()
    rmSync(primary.data, { recursive: true })
    await primary.start(...journal, '--take-over')
    assert.deepEqual(await primary.client().hash(), { seq, hash })
  })

  it('refuses a folder with another history', async () => {
    const { primary } = engines
    await primary.start()
    await load(primary.client(), 10, 'a')
    await primary.kill()
    await assert.rejects(primary.start(...journal), /this folder has journal .* and the stream is empty/)
  })

  it('has an address that says where, which stream and how many copies', () => {
    assert.deepEqual(parseStreamAddress('jetstream://ann:secret@a:1,b:2/ENGINE?replicas=3'), {
      servers: ['a:1', 'b:2'],
      stream: 'ENGINE',
      replicas: 3,
      user: 'ann',
      pass: 'secret',
    })
    assert.throws(() => parseStreamAddress('jetstream://a:1'), /must be jetstream:\/\/HOST:PORT\/STREAM/)
  })
})
