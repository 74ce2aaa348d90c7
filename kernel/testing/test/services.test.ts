import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { Redis } from 'ioredis'
import { type Connection, createConnection } from 'mysql2/promise'
import { setTimeout as pause } from 'node:timers/promises'
import { databaseConnection, withDatabase } from '../../setup/index.ts'
import { testServices, type TestServices } from '../services.ts'

const databaseOf = (services: TestServices) => new URL(services.databaseUrl).pathname.slice(1)

/** Waits until a database is gone from the server. */
async function dropped(connection: Connection, name: string): Promise<void> {
  const deadline = performance.now() + 10_000
  for (;;) {
    const [rows] = await connection.query('SHOW DATABASES LIKE ?', [name])
    if ((rows as unknown[]).length === 0) return
    assert.ok(performance.now() < deadline, `${name} is still there`)
    await pause(20)
  }
}

describe('test services', function () {
  this.timeout(60_000)

  it('give each caller a database and a Redis of its own', async () => {
    const [one, other] = [await testServices(), await testServices()]
    const [redis, otherRedis] = [new Redis(one.redisUrl), new Redis(other.redisUrl)]
    await redis.set('mark', 'one')
    const seen = await otherRedis.get('mark')
    redis.disconnect()
    otherRedis.disconnect()
    assert.equal(seen, null)
    assert.notEqual(databaseOf(one), databaseOf(other))
    one.release()
    other.release()
  })

  it('take back what a killed test process held', async () => {
    const own = await testServices()
    const observer = await createConnection({
      ...databaseConnection(withDatabase(own.databaseUrl, 'information_schema')),
    })
    const program = `
      const { testServices } = await import(${JSON.stringify(path.resolve(import.meta.dirname, '../services.ts'))})
      console.log((await testServices()).databaseUrl)
      setInterval(() => {}, 1e6)`
    const holder = spawn(process.execPath, ['--input-type=module', '-e', program])
    const [output] = (await once(holder.stdout, 'data')) as [Buffer]
    const held = new URL(output.toString().trim()).pathname.slice(1)
    const [rows] = await observer.query('SHOW DATABASES LIKE ?', [held])
    assert.equal((rows as unknown[]).length, 1)

    holder.kill('SIGKILL')
    await dropped(observer, held)
    await observer.end()
    own.release()
  })
})
