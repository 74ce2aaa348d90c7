import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { dueClock } from '../core/clock.ts'
import { limitsDefault } from '../core/layout.ts'
import { createSession, type Session } from '../core/session.ts'
import { hashOf } from '../core/state-hash.ts'
import { createState } from '../core/state.ts'
import { journalStart } from '../journal/replay.ts'
import { releaseSegments } from '../journal/retention.ts'
import { segmentName } from '../journal/segment.ts'
import { loadSnapshot, publishSnapshot, snapshotName, writeSnapshot } from '../journal/snapshot.ts'
import { stateFields } from '../journal/state-tables.ts'
import type { Command } from '../messages/command.ts'
import type { Outcome } from '../messages/event.ts'
import { commandsFrom, DurableEngine, FOLDER, submitAll } from './durable-engine.ts'
import { FaultDisk, randomFrom } from './fault-disk.ts'
import { randomCommands } from './random-commands.ts'

const commands = commandsFrom(21, 600)

interface Made {
  readonly disk: FaultDisk
  readonly hash: string
  /** Names of the snapshots, oldest first. */
  readonly snapshots: readonly string[]
}

/** A stopped engine with a journal of several segments and as many snapshots as asked for. */
async function make({ snapshots }: { snapshots: number }): Promise<Made> {
  const disk = new FaultDisk(2)
  const engine = await DurableEngine.open(disk)
  const names: string[] = []
  const part = Math.ceil(commands.length / (snapshots + 1) / 4) * 4
  for (let at = 0; at < commands.length; at += part) {
    await submitAll(engine, commands.slice(at, at + part))
    const made = names.length < snapshots ? await engine.snapshot() : undefined
    if (made) names.push(made.snapshot)
  }
  const hash = hashOf(engine.sequencer.state)
  await engine.close()
  assert.equal(names.length, snapshots)
  return { disk: disk.restarted(), hash, snapshots: names }
}

async function assertStarts({ disk, hash }: Made): Promise<DurableEngine> {
  const engine = await DurableEngine.open(disk)
  assert.equal(hashOf(engine.sequencer.state), hash)
  // Every key is still known, and its events can be given again.
  for (const command of commands.slice(0, 40)) assert.ok((await engine.submit(command)).duplicate)
  await engine.close()
  return engine
}

const limitsRandom = {
  orders: 2048,
  nodes: 512,
  rows: 1024,
  markets: 16,
  specials: 1024,
  lists: 256,
  keys: 64,
}

/** The outcomes of the commands, and of the clock's between them. */
function play(session: Session, random: readonly Command[]): Outcome[] {
  const outcomes: Outcome[] = []
  for (const command of random) {
    for (
      let clock = dueClock(session.state, command.time);
      clock;
      clock = dueClock(session.state, command.time)
    ) {
      outcomes.push(session.execute(clock))
    }
    outcomes.push(session.execute(command))
  }
  return outcomes
}

const seqOf = (name: string): number => Number.parseInt(name.slice(9), 10)

describe('snapshot', function () {
  this.timeout(60_000)

  it('has a line for every part of the state', () => {
    const state = createState(limitsDefault, () => undefined)
    assert.deepEqual(Object.keys(stateFields).sort(), Object.keys(state).sort())
  })

  it('has all that later commands of any type can depend on', async () => {
    const seedFirst = randomInt(2 ** 30)
    for (let seed = seedFirst; seed < seedFirst + 12; seed++) {
      const random = randomCommands(seed, 1200)
      const original = createSession(limitsRandom)
      const limits = original.state.limits
      play(original, random.slice(0, 600))
      const disk = new FaultDisk(seed)
      const hash = hashOf(original.state)
      const page = { ...journalStart, journal: 'j', limits, epoch: 0, time: 0, layout: 'l', hash }
      await writeSnapshot(disk, FOLDER, { state: original.state, page })
      const loaded = createSession(limitsRandom)
      const name = await publishSnapshot(disk, FOLDER, 1)
      await loadSnapshot(disk, FOLDER, { name, state: loaded.state, layout: 'l' })
      assert.equal(hashOf(loaded.state), hash, `seed ${seed}`)
      const rest = random.slice(600)
      assert.deepEqual(play(loaded, rest), play(original, rest), `seed ${seed}`)
      assert.equal(hashOf(loaded.state), hashOf(original.state), `seed ${seed}`)
    }
  })

  it('makes a start shorter, and the state the same as a replay of the whole journal', async () => {
    const whole = await assertStarts(await make({ snapshots: 0 }))
    assert.deepEqual([whole.restored.snapshot, whole.restored.replayed], [0, commands.length])
    const made = await make({ snapshots: 2 })
    const engine = await assertStarts(made)
    assert.equal(engine.restored.snapshot, seqOf(made.snapshots[1]!))
    assert.ok(engine.restored.replayed < commands.length / 2)
  })

  it('is passed over for the one before when it is damaged anywhere, and that is said', async () => {
    const made = await make({ snapshots: 2 })
    const name = made.snapshots[1]!
    const sound = Buffer.from(made.disk.contents(name))
    const seed = randomInt(2 ** 30)
    const random = randomFrom(seed)
    for (let run = 0; run < 60; run++) {
      const damaged = Buffer.from(sound)
      const at = Math.floor(random() * sound.length)
      damaged[at]! ^= 1 << Math.floor(random() * 8)
      made.disk.replace(name, run % 2 ? damaged : Buffer.from(sound.subarray(0, at)))
      const engine = await DurableEngine.open(made.disk)
      assert.equal(hashOf(engine.sequencer.state), made.hash, `seed ${seed}, byte ${at}`)
      assert.equal(engine.restored.snapshot, seqOf(made.snapshots[0]!), `seed ${seed}, byte ${at}`)
      assert.match(engine.troubles[0]!, new RegExp(`^${name} (is damaged at byte \\d+|has snapshot format)`))
      await engine.close()
    }
  })

  it('is passed over when it is of another journal', async () => {
    const made = await make({ snapshots: 1 })
    const other = await make({ snapshots: 1 })
    const name = made.snapshots[0]!
    made.disk.replace(name, other.disk.contents(name))
    const engine = await assertStarts(made)
    assert.equal(engine.restored.snapshot, 0)
    assert.match(engine.troubles[0]!, /is of another journal/)
  })

  it('is enough to start from when the segments before it are gone, keys kept for ever included', async () => {
    const made = await make({ snapshots: 2 })
    assert.deepEqual(await releaseSegments(made.disk, FOLDER, 'all'), [])
    const released = await releaseSegments(made.disk, FOLDER, 0)
    assert.ok(released.length > 1 && released[0] === 1)
    await assertStarts(made)
    // The older of the two must do as well.
    await made.disk.remove(`${FOLDER}/${made.snapshots[1]!}`)
    await assertStarts(made)
    await made.disk.remove(`${FOLDER}/${made.snapshots[0]!}`)
    await assert.rejects(
      DurableEngine.open(made.disk),
      /journal-00000001.log is missing, and there is no good snapshot/,
    )
  })

  it('keeps as many of the released segments as it is told', async () => {
    const made = await make({ snapshots: 2 })
    const before = (await made.disk.list(FOLDER)).filter((name) => name.startsWith('journal-')).length
    const released = await releaseSegments(made.disk, FOLDER, 2)
    const after = (await made.disk.list(FOLDER)).filter((name) => name.startsWith('journal-'))
    assert.equal(after.length, before - released.length)
    assert.equal(after[0], segmentName(released.length + 1))
  })

  it('is older than what the event log has, so that no event is lost; if it cannot be, that is said', async () => {
    const made = await make({ snapshots: 2 })
    for (const name of await made.disk.list(`${FOLDER}/events`))
      await made.disk.remove(`${FOLDER}/events/${name}`)
    assert.equal((await assertStarts(made)).restored.snapshot, 0)
    await releaseSegments(made.disk, FOLDER, 0)
    for (const name of await made.disk.list(`${FOLDER}/events`))
      await made.disk.remove(`${FOLDER}/events/${name}`)
    const engine = await DurableEngine.open(made.disk)
    assert.equal(hashOf(engine.sequencer.state), made.hash)
    const first = seqOf(made.snapshots[1]!) + 1
    assert.deepEqual(engine.troubles, [
      `events 1 to ${first - 1} are gone: neither the event log nor the journal has them`,
    ])
    assert.equal(engine.store.log.firstSeq, first)
    assert.equal(
      (await engine.submit(commands[1]!)).duplicate,
      true,
      'a key is known although its events are gone',
    )
    await engine.close()
  })

  it('is made of the closed segments while the engine goes on', async () => {
    const engine = await DurableEngine.open(new FaultDisk(4))
    await submitAll(engine, commands.slice(0, 200))
    const [made] = await Promise.all([engine.snapshot(), submitAll(engine, commands.slice(200))])
    assert.equal(made?.snapshot, snapshotName(made!.seq + 1))
    assert.ok(made!.seq < engine.sequencer.seqNext)
    assert.equal(await engine.snapshot().then((next) => next!.seq > made!.seq), true)
    await engine.close()
  })
})

describe('journal whose files are not what they should be', function () {
  this.timeout(60_000)

  it('names a segment that is missing or of another journal', async () => {
    const made = await make({ snapshots: 0 })
    const other = await make({ snapshots: 0 })
    const third = Buffer.from(made.disk.contents(segmentName(3)))
    made.disk.replace(segmentName(3), other.disk.contents(segmentName(3)))
    await assert.rejects(DurableEngine.open(made.disk), /journal-00000003.log belongs to another journal/)
    made.disk.replace(segmentName(3), third)
    await assertStarts(made)
    await made.disk.remove(`${FOLDER}/${segmentName(3)}`)
    await assert.rejects(
      DurableEngine.open(made.disk),
      /journal-00000003.log is missing: journal-00000004.log is there/,
    )
  })

  it('is refused for a flipped bit in any record, by the byte it starts at', async () => {
    const made = await make({ snapshots: 0 })
    const seed = randomInt(2 ** 30)
    const random = randomFrom(seed)
    const names = (await made.disk.list(FOLDER)).filter((name) => /^journal-\d/.test(name))
    for (let run = 0; run < 200; run++) {
      const name = names[Math.floor(random() * names.length)]!
      const sound = Buffer.from(made.disk.contents(name))
      const used = sound.findLastIndex((byte) => byte !== 0) + 1
      const damaged = Buffer.from(sound)
      const at = Math.floor(random() * used)
      damaged[at]! ^= 1 << Math.floor(random() * 8)
      made.disk.replace(name, damaged)
      const context = `seed ${seed}, ${name}, byte ${at}`
      await assert.rejects(
        DurableEngine.open(made.disk),
        new RegExp(`${name} is damaged at byte \\d+`),
        context,
      )
      made.disk.replace(name, sound)
    }
    await assertStarts(made)
  })
})
