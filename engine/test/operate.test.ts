import assert from 'node:assert/strict'
import { hashOf } from '../core/state-hash.ts'
import { replayJournal } from '../journal/replay.ts'
import { PAGE_BYTES, RECORD_HEAD_BYTES, segmentName } from '../journal/segment.ts'
import { checkFolder } from '../operate/check.ts'
import { copyFolder, PointNotThere } from '../operate/copy.ts'
import { findRepair } from '../operate/repair.ts'
import { commandsFrom, DurableEngine, FOLDER, submitAll } from './durable-engine.ts'
import { FaultDisk } from './fault-disk.ts'

const commands = commandsFrom(31, 400)
const stopped = { isRunning: false, segmentBytes: 8192 }

/** The hash after each event that ends a command, and the disk. */
async function make(): Promise<{ disk: FaultDisk; hashes: Map<number, string> }> {
  const disk = new FaultDisk(6)
  const engine = await DurableEngine.open(disk)
  const hashes = new Map<number, string>()
  for (let at = 0; at < commands.length; at += 4) {
    await submitAll(engine, commands.slice(at, at + 4))
    hashes.set(engine.sequencer.seqNext - 1, hashOf(engine.sequencer.state))
    if (at === 200) await engine.snapshot()
  }
  await engine.close()
  return { disk, hashes }
}

describe('engine folder', function () {
  this.timeout(60_000)

  it('is checked whole: journal, snapshots and events', async () => {
    const { disk, hashes } = await make()
    const report = await checkFolder(disk, FOLDER, stopped)
    const last = [...hashes].at(-1)!
    assert.deepEqual([report.ok, report.seq, report.hash], [true, ...last])
    assert.deepEqual(report.journal.commands, commands.length)
    assert.equal(report.snapshots.length, 1)
    assert.deepEqual(report.events, { first: 1, last: last[0] })
  })

  for (const [what, find] of [
    ['journal', /^journal-00000002.log$/],
    ['snapshots', /^snapshot-/],
  ] as const) {
    it(`is reported damaged where a bit of its ${what} flipped`, async () => {
      const { disk } = await make()
      const name = (await disk.list(FOLDER)).find((each) => find.test(each))!
      const damaged = Buffer.from(disk.contents(name))
      damaged[5000]! ^= 16
      disk.replace(name, damaged)
      const report = await checkFolder(disk, FOLDER, stopped)
      assert.equal(report.ok, false)
      const problem = what === 'journal' ? report.journal.problem : report.snapshots[0]?.problem
      assert.match(problem!, new RegExp(`^${name} is damaged at byte \\d+`))
    })
  }

  it('is copied as it was after any event, and goes on from there', async () => {
    const { disk, hashes } = await make()
    const points = [...hashes].filter((_each, index) => index % 20 === 3)
    for (const [seq, hash] of points) {
      const out = `/copy-${seq}`
      assert.deepEqual((await copyFolder(disk, FOLDER, { out, point: { seq }, ...stopped })).hash, hash)
      assert.equal((await checkFolder(disk, out, stopped)).ok, true)
      const engine = await DurableEngine.open(disk, { folder: out })
      assert.equal(hashOf(engine.sequencer.state), hash)
      assert.ok((await engine.submit(commands[0]!)).events.length > 0, 'old events are there')
      for (const command of commands) await engine.submit(command)
      assert.equal(hashOf(engine.sequencer.state), [...hashes.values()].at(-1))
      await engine.close()
    }
  })

  it('is copied up to within a record, and up to a time', async () => {
    const { disk, hashes } = await make()
    const between = [...hashes.keys()][30]! - 1
    const copy = await copyFolder(disk, FOLDER, { out: '/within', point: { seq: between }, ...stopped })
    assert.ok(copy.seq >= between && copy.seq <= between + 1)
    const none = copyFolder(disk, FOLDER, { out: '/before', point: { time: 0 }, ...stopped })
    assert.equal((await none).seq, 0)
    const all = await copyFolder(disk, FOLDER, { out: '/all', point: { time: Date.now() }, ...stopped })
    assert.equal(all.hash, [...hashes.values()].at(-1))
    const beyond = copyFolder(disk, FOLDER, { out: '/beyond', point: { seq: 10 ** 9 }, ...stopped })
    await assert.rejects(beyond, PointNotThere)
    await assert.rejects(
      copyFolder(disk, FOLDER, { out: '/all', point: { seq: 1 }, ...stopped }),
      /is not empty/,
    )
  })

  it('is repaired only of a write that was interrupted', async () => {
    const { disk } = await make()
    assert.deepEqual((await findRepair(disk, FOLDER)).steps, [])
    const names = (await disk.list(FOLDER)).filter((name) => /^journal-\d/.test(name))
    const last = Buffer.from(disk.contents(names.at(-1)!))
    const replayed = await replayJournal(disk, FOLDER, (_, { firstSeq, events }) => firstSeq + events)
    const end = replayed!.offset
    const torn = Buffer.from(last)
    disk.contents(segmentName(1)).copy(torn, end, 4096, 4096 + 30)
    disk.replace(names.at(-1)!, torn)
    const { steps, run } = await findRepair(disk, FOLDER)
    assert.match(steps[0]!, new RegExp(`an interrupted write begins at byte ${end}`))
    await run()
    assert.deepEqual(disk.contents(names.at(-1)!), last)
    const damaged = Buffer.from(last)
    damaged[PAGE_BYTES + RECORD_HEAD_BYTES / 2]! ^= 1
    disk.replace(names.at(-1)!, damaged)
    await assert.rejects(findRepair(disk, FOLDER), /is damaged at byte/)
  })
})
