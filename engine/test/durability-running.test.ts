import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineClient } from '../client/client.ts'
import { EVENT_BLOCK_HEAD_BYTES } from '../journal/event-block.ts'
import { EventLog, EventsGone } from '../journal/event-log.ts'
import { EventReader } from '../journal/event-reader.ts'
import type { EngineUnavailable } from '../client/link.ts'
import type { Command } from '../messages/command.ts'
import type { Outcome } from '../messages/event.ts'
import { checkEngine } from '../operate/operate.ts'
import { EngineProcess, market } from './engine-process.ts'
import { FaultDisk } from './fault-disk.ts'

const DEADLINE_MS = 40_000

function deposits(count: number, name: string): Command[] {
  return Array.from({ length: count }, (_, n) => ({
    op: 'deposit',
    account: 1 + (n % 9),
    asset: 'USDT',
    amount: '1',
    key: `${name}-${n}`,
  }))
}

interface Submitted {
  readonly answered: Map<Command, Outcome>
  readonly refused: Error[]
}

/** Submits until something is so. */
async function submitUntil(
  client: EngineClient,
  name: string,
  isSo: (so: Submitted) => boolean,
): Promise<Submitted> {
  const so: Submitted = { answered: new Map(), refused: [] }
  const deadline = performance.now() + DEADLINE_MS
  for (let round = 0; !isSo(so); round++) {
    assert.ok(performance.now() < deadline, 'it did not come about in time')
    const commands = deposits(200, `${name}${round}`)
    const results = await Promise.allSettled(commands.map((command) => client.submit(command)))
    for (const [n, result] of results.entries()) {
      if (result.status === 'fulfilled') so.answered.set(commands[n]!, result.value)
      else so.refused.push(result.reason as Error)
    }
  }
  return so
}

/** All that is in the engine of the asset that `deposits` brings, once reads are answered. */
async function total(client: EngineClient): Promise<number> {
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    try {
      const { balances } = await client.balances()
      return balances.reduce((sum, { available }) => sum + Number(available), 0)
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
  }
}

describe('running engine', function () {
  this.timeout(120_000)
  let engine: EngineProcess

  beforeEach(() => {
    engine = new EngineProcess()
  })

  afterEach(() => engine.dispose())

  const files = (pattern: RegExp): string[] => readdirSync(engine.data).filter((name) => pattern.test(name))

  it('makes snapshots, archives what they cover, and starts from the newest', async () => {
    const archive = join(engine.folder, 'archive')
    const often = [
      '--segment-bytes',
      '32768',
      '--snapshot-every',
      '60000',
      '--journal-keep',
      `archive:${archive}`,
    ]
    await engine.start(...often)
    const client = engine.client()
    await client.submit(market)
    const { answered } = await submitUntil(
      client,
      'kept',
      () => files(/^snapshot-\d/).length >= 2 && files(/^journal-00000001/).length === 0,
    )
    const { hash, seq } = await client.hash()
    const beside = await checkEngine(engine.data)
    assert.ok(beside.ok, JSON.stringify(beside))
    await engine.stop('SIGKILL')
    const ready = await engine.start('--snapshot-every', 'never')
    assert.ok(ready.snapshot > 0 && ready.replayed < answered.size, JSON.stringify(ready))
    assert.deepEqual(await engine.client().hash(), { hash, seq })
    const [first] = answered
    assert.deepEqual(await engine.client().submit(first![0]), { ...first![1], duplicate: true })
    await engine.stop()
    // With the archive's segments back and no snapshot it is the same again.
    for (const name of readdirSync(archive)) copyFileSync(join(archive, name), join(engine.data, name))
    for (const name of files(/^snapshot-\d/)) rmSync(join(engine.data, name))
    assert.equal((await engine.start('--snapshot-every', 'never')).snapshot, 0)
    assert.equal((await engine.client().hash()).hash, hash)
  })

  /** A file system of its own, where this machine lets us make one. */
  function mountSmall(folder: string, size: string): boolean {
    mkdirSync(folder, { recursive: true })
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }

  const probe = mkdtempSync(join(tmpdir(), 'cambium-mount-'))
  const canMount = mountSmall(probe, '1m')
  if (canMount) execFileSync('umount', [probe])
  rmSync(probe, { recursive: true })

  if (canMount) {
    it('refuses commands on a full disk, answers reads, and goes on by itself when there is room', async () => {
      mountSmall(engine.data, '2m')
      try {
        await engine.start('--snapshot-every', 'never')
        const client = engine.client()
        await client.submit(market)
        const { answered, refused } = await submitUntil(client, 'full', (so) => so.refused.length > 0)
        assert.equal((refused[0] as EngineUnavailable).code, 'journal_unavailable')
        assert.match(refused[0]!.message, /ENOSPC/)
        assert.equal(await total(client), answered.size, 'what was answered is there, and nothing else')
        execFileSync('mount', ['-o', 'remount,size=64m', engine.data])
        await submitUntil(client, 'room', (so) => so.answered.size > 0)
        for (const [command, outcome] of [...answered].slice(-50)) {
          assert.deepEqual(await client.submit(command), { ...outcome, duplicate: true })
        }
        const before = await client.hash()
        await engine.stop('SIGKILL')
        await engine.start('--snapshot-every', 'never')
        assert.deepEqual(await engine.client().hash(), before)
        await engine.stop()
      } finally {
        await engine.stop('SIGKILL')
        execFileSync('umount', [engine.data])
      }
    })
  }
})

describe('event log', () => {
  it('lets its oldest events go by size, and names the first it has to whoever asks for one before', async () => {
    const log = await EventLog.open(new FaultDisk(1), '/events')
    // No events in them: the log looks at its blocks only.
    for (let seq = 1; seq <= 60; seq++)
      await log.append(Buffer.alloc(EVENT_BLOCK_HEAD_BYTES + (1 << 20)), seq, 1)
    assert.equal(log.firstSeq, 1)
    assert.ok((await log.prune(40 << 20)) > 0)
    assert.ok(log.firstSeq > 60 - 40)
    await assert.rejects(new EventReader(log, 1).next(), new EventsGone(1, log.firstSeq))
    assert.equal((await log.read(1, 1)).length, 0)
    await log.close()
  })
})
