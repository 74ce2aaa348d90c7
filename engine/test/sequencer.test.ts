import assert from 'node:assert/strict'
import type { Command } from '../messages/command.ts'
import { DurableEngine } from './durable-engine.ts'
import { market } from './engine-process.ts'
import { FaultDisk } from './fault-disk.ts'

const money = { op: 'deposit', account: 1, asset: 'USDT', amount: '1' } as const

const many = Array.from({ length: 6000 }, (_, n): Command => ({
  ...money,
  key: `k${n}`,
  account: 1 + (n % 9),
}))

async function reopened(engine: DurableEngine): Promise<DurableEngine> {
  await engine.close()
  return DurableEngine.open(engine.disk)
}

describe('sequencer', () => {
  it('repeats an answer whose events are in no file yet', async () => {
    const engine = await DurableEngine.open(new FaultDisk())
    const command: Command = { ...market, key: 'market' }
    const first = await engine.submit(command)
    assert.equal(engine.store.log.writtenSeq, 1)
    assert.deepEqual(await engine.submit(command), { ...first, duplicate: true })
    await engine.close()
  })

  it('gives out no events of a record that was durable here and that the other engine did not confirm', async () => {
    const engine = await DurableEngine.open(new FaultDisk())
    const { sequencer, store } = engine
    const given: number[] = []
    sequencer.onEvents = (_, firstSeq) => given.push(firstSeq)
    await engine.submit(market)
    sequencer.replicator = { onDurable: () => Promise.reject(new Error('replaced')) }
    await assert.rejects(engine.submit(money), /replaced/)
    await sequencer.drain()
    assert.deepEqual(given, [1])
    assert.equal(store.log.nextSeq, 2)
    await engine.close()
  })

  it('writes what has gathered in records of some size, and answers in their order', async () => {
    const engine = await DurableEngine.open(new FaultDisk())
    const given: number[] = []
    engine.sequencer.onEvents = (_, firstSeq) => given.push(firstSeq)
    await engine.submit(market)
    const seqs: number[] = []
    await Promise.all(many.map((command) => engine.submit(command).then(({ seq }) => seqs.push(seq))))
    assert.deepEqual(
      seqs,
      many.map((_, n) => n + 2),
    )
    assert.ok(given.length >= 3, `${given.length} records`)
    const { restored } = await reopened(engine)
    assert.equal(restored.replayed, many.length + 1)
  })

  it('refuses every record that waits behind one that could not be written', async () => {
    const disk = new FaultDisk()
    const engine = await DurableEngine.open(disk)
    await engine.submit(market)
    const hash = await engine.hash()
    let isFailing = true
    disk.fault = (operation, path) =>
      isFailing && operation === 'write' && /journal-\d/.test(path) ? { error: new Error('EIO') } : undefined
    const results = await Promise.allSettled(many.map((command) => engine.submit(command)))
    assert.ok(results.every(({ status }) => status === 'rejected'))
    isFailing = false
    await engine.recovered()
    assert.equal(await engine.hash(), hash)
    const { seq, duplicate } = await engine.submit(many[0]!)
    assert.deepEqual({ seq, duplicate }, { seq: 2, duplicate: false })
    await engine.close()
  })
})
