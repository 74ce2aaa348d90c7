import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command, EngineClient } from '../../index.ts'
import { AVAILABLE } from '../../core/layout.ts'
import { serve } from '../../process/server.ts'
import { segmentName } from '../../journal/segment.ts'
import { eventually, TwoEngines } from './two-engines.ts'

function deposits(count: number, name: string): Command[] {
  return Array.from({ length: count }, (_, n) => ({
    op: 'deposit' as const,
    account: 1 + (n % 7),
    asset: 'USDT' as const,
    amount: '1' as const,
    key: `${name}-${n}`,
  }))
}

async function load(client: EngineClient, count: number, name: string): Promise<number> {
  const outcomes = await client.submitMany(deposits(count, name))
  return outcomes.at(-1)!.seq
}

describe('standby', function () {
  this.timeout(90_000)
  let engines: TwoEngines

  beforeEach(() => {
    engines = new TwoEngines()
  })

  afterEach(() => engines.dispose())

  it('follows as it happens, answers reads marked as its own, and refuses commands', async () => {
    await engines.start()
    const { primary, standby } = engines
    const seq = await load(primary.client(), 2000, 'a')
    await standby.reaches(seq)
    const hash = await standby.read<string>({ read: 'hash' })
    assert.deepEqual(hash, { ...(await primary.read<string>({ read: 'hash' })), standby: true })
    const refused = standby.client().submit(deposits(1, 'b')[0]!)
    await assert.rejects(refused, { code: 'engine_is_standby', retryable: true })
  })

  it('gets what it missed after a kill, and is equal by the hash of the state', async () => {
    await engines.start()
    const { primary, standby } = engines
    const client = primary.client()
    await load(client, 500, 'a')
    await standby.kill()
    // More than one segment.
    for (let n = 0; n < 4; n++) await load(client, 2000, `more${n}`)
    await engines.startStandby()
    const seq = await load(client, 10, 'last')
    await standby.reaches(seq)
    assert.deepEqual(await standby.ask({ ask: 'verify' }), { seq })
    await standby.kill('SIGTERM')
    await engines.startStandby()
    assert.equal((await standby.status()).seq, seq, 'its own journal has all of it')
  })

  it('starts from a snapshot where the journal does not reach back any more', async () => {
    const { primary, standby } = engines
    await primary.start('--snapshot-every', '262144', '--journal-keep', '0')
    const client = primary.client()
    let count = 0
    await eventually(async () => {
      await load(client, 1000, `round${count++}`)
      return !existsSync(join(primary.data, segmentName(1)))
    }, 'the first segment is let go')
    await engines.startStandby()
    const seq = await load(client, 10, 'then')
    await standby.reaches(seq)
    assert.deepEqual(await standby.ask({ ask: 'verify' }), { seq })
  })

  it('moves aside what it has and starts from a snapshot when what it needs is gone', async () => {
    const { primary, standby } = engines
    await engines.primary.start('--snapshot-every', '262144', '--journal-keep', '0')
    await engines.startStandby()
    const client = primary.client()
    await standby.reaches(await load(client, 10, 'first'))
    await standby.kill()
    let count = 0
    await eventually(async () => {
      await load(client, 1000, `round${count++}`)
      return !existsSync(join(primary.data, segmentName(1)))
    }, 'the first segment is let go')
    await standby.start('--standby-of', engines.lineSocket)
    assert.equal(await standby.ended(), 1)
    assert.ok(standby.hasTold(/records from event 11 on are not kept.*the next start begins with a snapshot/))
    await engines.startStandby()
    await standby.reaches(await load(client, 10, 'then'))
    await standby.ask({ ask: 'verify' })
    assert.ok(existsSync(join(standby.data, 'aside-1', segmentName(1))))
  })

  it('stops at a state that is not the primary’s, and names the event', async () => {
    const { primary, standby } = engines
    await primary.start()
    const told: string[] = []
    const server = await serve({
      data: standby.data,
      socket: standby.socket,
      standbyOf: engines.lineSocket,
      onTrouble: (message) => told.push(message),
    })
    try {
      const seq = await load(primary.client(), 20, 'a')
      await standby.reaches(seq)
      await standby.ask({ ask: 'verify' })
      const { state } = server.service
      const row = state.rowsByAccount.get(3)![0]!
      state.f[(row + AVAILABLE) >> 1]! += 1
      await assert.rejects(standby.ask({ ask: 'verify' }), {
        message: /the state after event 20 is not the primary/,
      })
      const { role, reason } = await standby.status()
      assert.equal(role, 'diverged')
      assert.match(reason!, /after event 20 .* start it with --reseed/)
      await assert.rejects(standby.read({ read: 'hash' }), { code: 'engine_is_diverged' })
    } finally {
      await server.close()
    }
  })

  it('cannot be started as a primary by leaving out an option', async () => {
    await engines.start()
    await engines.standby.kill()
    await assert.rejects(engines.standby.start(), /this folder is a standby/)
  })
})
