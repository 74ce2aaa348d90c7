import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createConnection } from 'mysql2/promise'
import { Redis } from 'ioredis'
import { databaseConnection, provideServices } from '../index.ts'

describe('private services', () => {
  it('keep what was written, under their own accounts, over a restart', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'cambium-services-'))
    const first = await provideServices({ directory })
    const database = await createConnection({ ...databaseConnection(first.databaseUrl) })
    await database.query('CREATE TABLE kept (id INT PRIMARY KEY)')
    await database.query('INSERT INTO kept VALUES (7)')
    await database.end()
    await first.stop()

    const second = await provideServices({ directory })
    const again = await createConnection({ ...databaseConnection(second.databaseUrl) })
    const [rows] = await again.query('SELECT id FROM kept')
    await again.end()
    const redis = new Redis(second.redisUrl)
    const answer = await redis.ping()
    redis.disconnect()
    await second.stop()
    await rm(directory, { recursive: true })

    assert.deepEqual(rows, [{ id: 7 }])
    assert.equal(answer, 'PONG')
  })
})
