import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Redis } from 'ioredis'
import { createConnection } from 'mysql2/promise'
import { spawnHeld } from '../../supervisor/index.ts'
import { eventually, isAlive } from '../../supervisor/test/children.ts'
import { databaseConnection, provideServices, type Services } from '../index.ts'

async function query(services: { databaseUrl: string }, sql: string): Promise<unknown> {
  const connection = await createConnection({ ...databaseConnection(services.databaseUrl) })
  const [rows] = await connection.query(sql)
  await connection.end()
  return rows
}

/** Starts services in a process of their own, so that it can be killed. */
async function servicesElsewhere(directory: string) {
  const face = path.resolve(import.meta.dirname, '../index.ts')
  const program = `
    const { provideServices } = await import(${JSON.stringify(face)})
    console.log(JSON.stringify(await provideServices({ directory: ${JSON.stringify(directory)} })))`
  const owner = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output] = (await once(owner.stdout, 'data')) as [Buffer]
  return { owner, services: JSON.parse(output.toString()) as Pick<Services, 'databaseUrl' | 'redisUrl'> }
}

/** The pid a server wrote; 0 while there is none. */
function serverPid(directory: string, name: string): number {
  const file = path.join(directory, name, `${name}.pid`)
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
}

describe('private services', function () {
  this.timeout(60_000)
  let directory: string

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cambium-services-'))
  })

  afterEach(() => rmSync(directory, { recursive: true }))

  it('keep what was written, under the same accounts, over a restart', async () => {
    const first = await provideServices({ directory })
    await query(first, 'CREATE TABLE kept (id INT PRIMARY KEY)')
    await query(first, 'INSERT INTO kept VALUES (7)')
    const redis = new Redis(first.redisUrl)
    await redis.set('kept', 'too')
    redis.disconnect()
    await first.stop()

    const second = await provideServices({ directory })
    const rows = await query(second, 'SELECT id FROM kept')
    const again = new Redis(second.redisUrl)
    const value = await again.get('kept')
    again.disconnect()
    await second.stop()

    assert.deepEqual(rows, [{ id: 7 }])
    assert.equal(value, 'too')
  })

  it('end when the process that asked for them is killed, and start again with every committed row', async () => {
    const { owner, services } = await servicesElsewhere(directory)
    await query(services, 'CREATE TABLE kept (id INT PRIMARY KEY)')
    await query(services, 'INSERT INTO kept VALUES (1), (2)')
    const pids = [serverPid(directory, 'mariadb'), serverPid(directory, 'redis')]

    owner.kill('SIGKILL')
    await eventually(() => !pids.some(isAlive), 'both servers are gone')

    const again = await provideServices({ directory })
    const rows = await query(again, 'SELECT COUNT(*) AS n FROM kept')
    await again.stop()
    assert.deepEqual(rows, [{ n: '2' }])
  })

  it('replace a server that somebody left running on their files', async () => {
    const first = await provideServices({ directory })
    await first.stop()
    const conf = path.join(directory, 'redis', 'redis.conf')
    const leftover = spawnHeld(path.join(directory, 'programs', 'redis-server'), [conf], { stdio: 'ignore' })
    await eventually(() => serverPid(directory, 'redis') === leftover.pid, 'the leftover runs')

    const second = await provideServices({ directory })
    const pid = serverPid(directory, 'redis')
    await second.stop()
    assert.notEqual(pid, leftover.pid)
    assert.equal(leftover.signalCode ?? leftover.exitCode, 0)
  })

  it('refuse a second owner', async () => {
    const services = await provideServices({ directory })
    await assert.rejects(provideServices({ directory }), /already running under another process/)
    await services.stop()
  })

  it('work from a folder too deep for a socket', async () => {
    const deep = path.join(directory, 'd'.repeat(60), 'e'.repeat(60))
    mkdirSync(deep, { recursive: true })
    const services = await provideServices({ directory: deep })
    const rows = await query(services, 'SELECT 1 AS one')
    await services.stop()
    assert.deepEqual(rows, [{ one: 1 }])
  })

  it('start again after a first start that was cut short', async () => {
    const { owner } = await servicesElsewhere(directory)
    owner.kill('SIGKILL')
    const pid = serverPid(directory, 'mariadb')
    await eventually(() => !isAlive(pid), 'MariaDB is gone')
    rmSync(path.join(directory, 'mariadb', 'data'), { recursive: true })
    mkdirSync(path.join(directory, 'mariadb', 'data.unfinished', 'mysql'), { recursive: true })

    const services = await provideServices({ directory })
    const rows = await query(services, 'SELECT DATABASE() AS name')
    await services.stop()
    assert.deepEqual(rows, [{ name: 'cambium' }])
  })
})
