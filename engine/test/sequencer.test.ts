import assert from 'node:assert/strict'
import type { Command } from '../messages/command.ts'
import { DurableEngine } from './durable-engine.ts'
import { market } from './engine-process.ts'
import { FaultDisk } from './fault-disk.ts'

const money = { op: 'deposit', account: 1, asset: 'USDT', amount: '1' } as const

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
})
