import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { askEngine, connectEngine, type EngineStatus, type Promoted } from '@cambium/engine'
import { mainShard, readEngineStandby } from '../../engine-shards.ts'
import { Supervisor } from '../../supervisor/index.ts'
import { silentProgress } from '../index.ts'
import { kernelEnvironment, type PlatformWiring } from '../platform-children.ts'
import { startEngines } from '../platform.ts'

describe('engine with a standby', function () {
  this.timeout(60_000)
  let directory: string
  let supervisor: Supervisor
  let wiring: PlatformWiring

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cambium-standby-'))
    supervisor = new Supervisor({ logDirectory: path.join(directory, 'log'), say: () => undefined })
    const urls = { databaseUrl: '', redisUrl: '', operatorSocket: '', engineShards: '' }
    const ports = { port: 1, portalPort: 2, isSafe: false, isDevelopment: false }
    wiring = {
      ...urls,
      ...ports,
      directory,
      socketDirectory: directory,
      shards: [mainShard],
      standby: 'sync',
    }
  })

  afterEach(async () => {
    await supervisor.stop()
    rmSync(directory, { recursive: true })
  })

  const status = (name: string) =>
    askEngine<EngineStatus>(path.join(directory, `${name}.sock`), { ask: 'status' })

  it('starts both, tells the kernel both addresses, and starts them the other way round after a promotion', async () => {
    await startEngines(supervisor, wiring, silentProgress)
    const { ENGINE_SOCKET: socket = '' } = kernelEnvironment(wiring)
    const client = connectEngine({ socket })
    await client.submit({ op: 'deposit', account: 1, asset: 'USDT', amount: '5', key: 'a' })
    assert.equal((await status('engine')).mode, 'sync')
    await askEngine<Promoted>(path.join(directory, 'standby.sock'), { ask: 'promote' })
    client.close()
    await supervisor.stop()

    supervisor = new Supervisor({ logDirectory: path.join(directory, 'log'), say: () => undefined })
    await startEngines(supervisor, wiring, silentProgress)
    const again = connectEngine({ socket: kernelEnvironment(wiring).ENGINE_SOCKET ?? '' })
    const outcome = await again.submit({ op: 'deposit', account: 1, asset: 'USDT', amount: '5', key: 'a' })
    assert.deepEqual({ seq: outcome.seq, duplicate: outcome.duplicate }, { seq: 1, duplicate: true })
    again.close()
    assert.deepEqual([(await status('standby')).role, (await status('engine')).role], ['primary', 'standby'])
  })

  it('is asked for by a word, and refuses others', () => {
    assert.equal(readEngineStandby(undefined), undefined)
    assert.equal(readEngineStandby('1'), 'async')
    assert.equal(readEngineStandby('sync'), 'sync')
    assert.throws(
      () => readEngineStandby('yes'),
      /ENGINE_STANDBY "yes" must be 1, async, sync or sync-or-alone/,
    )
  })
})
