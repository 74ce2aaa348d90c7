import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { readBalances } from '../core/reads.ts'
import { hashOf } from '../core/state-hash.ts'
import { EventLog } from '../journal/event-log.ts'
import { segmentName } from '../journal/segment.ts'
import type { Command } from '../messages/command.ts'
import type { Outcome } from '../messages/event.ts'
import { commandsFrom, DurableEngine, FOLDER, submitAll } from './durable-engine.ts'
import { market } from './engine-process.ts'
import { diskError, FaultDisk, PowerCut } from './fault-disk.ts'

function assertConserved(engine: DurableEngine, commands: readonly Command[]): void {
  for (const asset of ['BTC', 'USDT']) {
    const due = commands.filter((command) => command.op === 'deposit' && command.asset === asset).length * 100
    const there = readBalances(engine.sequencer.state)
      .filter((balance) => balance.asset === asset)
      .reduce((sum, { available, held }) => sum + Number(available) + Number(held), 0)
    assert.equal(Number(there.toFixed(8)), due, `all ${asset}`)
  }
}

describe('journal on a disk that loses power', function () {
  this.timeout(120_000)
  const commands = commandsFrom(11, 121)

  /** Runs until the power goes, and returns what was answered by then. */
  async function runUntilCut(disk: FaultDisk, answered: Map<Command, Outcome>): Promise<void> {
    let engine: DurableEngine | undefined
    try {
      engine = await DurableEngine.open(disk)
      for (const [command, outcome] of await submitAll(engine, commands, 60)) answered.set(command, outcome)
    } catch (error) {
      // It may go while the engine starts or makes its snapshot as well.
      assert.ok(error instanceof PowerCut, String(error))
    }
    engine?.sequencer.halt(new Error('the power went'))
  }

  it('has every answered command once, wherever the power goes, and takes the others again', async () => {
    const whole = new FaultDisk(1)
    const reference = await DurableEngine.open(whole)
    assert.equal((await submitAll(reference, commands, 60)).size, commands.length)
    await reference.close()
    const hash = hashOf(reference.sequencer.state)
    const seedFirst = randomInt(2 ** 30)
    assert.ok(whole.operations > 80)
    for (let run = 0; run < whole.operations * 3; run++) {
      const cutAt = 1 + (run % whole.operations)
      const seed = seedFirst + run
      const context = `seed ${seed}, power cut in operation ${cutAt}`
      const disk = new FaultDisk(seed)
      disk.cutAt = cutAt
      const answered = new Map<Command, Outcome>()
      await runUntilCut(disk, answered)
      // The next start does not get far either.
      const second = disk.restarted()
      second.cutAt = 1 + (seed % 9)
      await runUntilCut(second, answered)
      const engine = await DurableEngine.open(second.restarted())
      for (const [command, outcome] of answered) {
        assert.deepEqual(await engine.submit(command), { ...outcome, duplicate: true }, context)
      }
      for (const command of commands) await engine.submit(command)
      assertConserved(engine, commands)
      assert.equal(hashOf(engine.sequencer.state), hash, context)
      await engine.close()
    }
  })
})

describe('journal on a disk that fails', function () {
  this.timeout(30_000)
  const commands = commandsFrom(5, 400)
  const more: Command = { op: 'deposit', account: 9, asset: 'BTC', amount: '1', key: 'more' }

  async function assertRecovers(engine: DurableEngine, answered: Map<Command, Outcome>): Promise<void> {
    await engine.recovered()
    for (const [command, outcome] of answered) {
      assert.deepEqual(await engine.submit(command), { ...outcome, duplicate: true })
    }
    for (const command of commands) await engine.submit(command)
    assertConserved(engine, commands)
    const hash = await engine.hash()
    await engine.close()
    const again = await DurableEngine.open((engine.disk as FaultDisk).restarted())
    assert.equal(hashOf(again.sequencer.state), hash, 'a restart has the same')
    await again.close()
  }

  /** Until reads are answered again, which is soon, from the state that is on disk. */
  async function readable(engine: DurableEngine): Promise<string> {
    for (;;) {
      const hash = await engine.hash()
      if (hash !== undefined) return hash
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  for (const [what, fail] of [
    ['is full', (disk: FaultDisk) => (disk.capacity = 40_000)],
    [
      'fails to write',
      (disk: FaultDisk) =>
        (disk.fault = () =>
          disk.operations > 60 ? { error: diskError('EIO', 'i/o error, write') } : undefined),
    ],
    [
      'fails after it has written',
      (disk: FaultDisk) =>
        (disk.fault = (operation) =>
          disk.operations > 60
            ? { error: diskError('EIO', `i/o error, ${operation}`), isLate: true }
            : undefined),
    ],
  ] as const) {
    it(`refuses commands while the disk ${what}, answers reads of what is durable, and goes on without loss`, async () => {
      const disk = new FaultDisk(3)
      const engine = await DurableEngine.open(disk)
      fail(disk)
      const answered = await submitAll(engine, commands)
      assert.ok(answered.size > 0 && answered.size < commands.length)
      await assert.rejects(engine.submit(more), /^Error: (ENOSPC|EIO)/)
      const hash = await readable(engine)
      const seqs = [...answered.values()].flatMap(({ events }) => events.map(({ seq }) => seq))
      assert.equal(engine.sequencer.seqNext - 1, Math.max(...seqs), 'nothing is shown that was not answered')
      await assert.rejects(engine.submit(more), /^Error: (ENOSPC|EIO)/)
      assert.equal(await engine.hash(), hash)
      disk.capacity = Infinity
      disk.fault = () => undefined
      await assertRecovers(engine, answered)
    })
  }

  it('does not bring back what it refused, although it was written whole', async () => {
    const disk = new FaultDisk(3)
    const engine = await DurableEngine.open(disk)
    await engine.submit({ ...market, key: 'market' })
    disk.fault = (operation, path) =>
      path.endsWith(segmentName(1))
        ? { error: diskError('EIO', `i/o error, ${operation}`), isLate: true }
        : undefined
    await assert.rejects(engine.submit(more))
    await engine.recovered()
    const other = await engine.submit({ ...more, key: 'other', amount: '2' })
    await engine.close()
    const again = await DurableEngine.open(disk.restarted())
    assert.deepEqual(await again.submit({ ...more, key: 'other', amount: '2' }), {
      ...other,
      duplicate: true,
    })
    assert.equal((await again.submit(more)).duplicate, false)
    await again.close()
  })

  it('refuses commands but answers reads while the event log cannot be written', async () => {
    const disk = new FaultDisk(3)
    const engine = await DurableEngine.open(disk)
    const first = await engine.submit({ ...market, key: 'market' })
    await engine.submit({ ...more, key: 'one' })
    const failed = new Promise<void>((resolve) => (engine.sequencer.onFailure = () => resolve()))
    const given: number[] = []
    engine.sequencer.onEvents = (_events, firstSeq) => given.push(firstSeq)
    disk.fault = (_operation, path) =>
      path.includes('/events/') ? { error: diskError('ENOSPC', 'no space left on device, write') } : undefined
    const outcome = await engine.submit(more)
    await failed
    assert.equal(outcome.seq, first.seq + 2, 'what is in the journal is answered')
    await assert.rejects(engine.submit({ ...more, key: 'two' }), /ENOSPC/)
    assert.notEqual(await engine.hash(), undefined)
    assert.ok(given.includes(outcome.seq), 'and given out')
    const events = await engine.store.log.read(outcome.seq, 1)
    assert.ok(events.length > 0, 'and can be read again')
    disk.fault = () => undefined
    await engine.recovered()
    await engine.close()
    const log = await EventLog.openToRead(disk, `${FOLDER}/events`)
    assert.deepEqual(await log.read(outcome.seq, 1), events, 'also when nothing has it in memory any more')
  })

  it('takes back what was applied when the engine itself fails in the middle of a command', async () => {
    const disk = new FaultDisk(3)
    const engine = await DurableEngine.open(disk)
    await engine.submit({ ...market, key: 'market' })
    await engine.submit(more)
    const hash = await engine.hash()
    engine.store.live(() => {
      throw new Error('a fault of the engine')
    })
    await assert.rejects(engine.submit({ ...more, key: 'fault' }), /a fault of the engine/)
    engine.store.live((events) => {
      engine.sequencer.takeEvents(events)
    })
    await engine.recovered()
    assert.equal(await engine.hash(), hash)
    assert.equal((await engine.submit({ ...more, key: 'fault' })).duplicate, false)
    const after = await engine.hash()
    await engine.close()
    const again = await DurableEngine.open(disk.restarted())
    assert.equal(hashOf(again.sequencer.state), after)
    await again.close()
  })
})
