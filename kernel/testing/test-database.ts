import { fileURLToPath } from 'node:url'
import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { createDatabase, createRedis, loadMigrations, migrateUp } from '../database/index.ts'
import { testServices } from './services.ts'

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url))

/** The kernel's tables in a database of a test's own, and Redis beside it, without a kernel. */
export interface TestDatabase {
  readonly database: Knex
  readonly redis: Redis
  stop(): Promise<void>
}

export async function testDatabase(): Promise<TestDatabase> {
  const services = await testServices()
  const database = createDatabase(services.databaseUrl)
  const redis = createRedis(services.redisUrl)
  await migrateUp(database, 'kernel', await loadMigrations(migrations))
  return {
    database,
    redis,
    async stop() {
      redis.disconnect()
      await database.destroy()
      services.release()
    },
  }
}

/** Looks until `isTrue` answers yes; throws when it does not in ten seconds. */
export async function eventually(isTrue: () => boolean | Promise<boolean>, what = 'it'): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`${what} did not come true in ten seconds.`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
