import { once } from 'node:events'
import { createConnection } from 'node:net'
import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { createDatabase, migrateKernel, type AppliedMigration } from './database/index.ts'
import { connectionReason, StartupError } from './startup-error.ts'

/** Throws a sentence for the operator when the database or Redis cannot be reached. */
export async function connect({ database, redis }: { database: Knex; redis: Redis }): Promise<void> {
  await assertDatabase(database)
  let failure: unknown
  const remember = (error: unknown): void => {
    failure = error
  }
  redis.once('error', remember)
  try {
    await redis.connect()
  } catch (error) {
    throw new StartupError(`Redis cannot be reached: ${connectionReason(failure ?? error)}`, { cause: error })
  } finally {
    redis.off('error', remember)
  }
}

async function assertDatabase(database: Knex): Promise<void> {
  try {
    await database.raw('SELECT 1')
  } catch (error) {
    throw new StartupError(`The database cannot be reached: ${connectionReason(error)}`, { cause: error })
  }
}

/** The demo's balances are the engine's; without it, seeding would wait for ever. */
export async function assertEngine(engineSockets: string): Promise<void> {
  const answers = await Promise.allSettled(engineSockets.split(',').map(assertSocket))
  const failure = answers.find((answer) => answer.status === 'rejected')
  if (failure && answers.every(({ status }) => status === 'rejected')) throw failure.reason
}

async function assertSocket(engineSocket: string): Promise<void> {
  const socket = createConnection(engineSocket)
  try {
    await once(socket, 'connect')
  } catch (error) {
    throw new StartupError(`The engine does not answer at ${engineSocket}: ${connectionReason(error)}`, {
      cause: error,
    })
  } finally {
    socket.destroy()
  }
}

/** Migrates over a connection of its own, on which a statement may take as long as a large table needs. */
export async function migrate(databaseUrl: string): Promise<readonly AppliedMigration[]> {
  const database = createDatabase(databaseUrl, { statementTimeoutSeconds: 0 })
  try {
    await assertDatabase(database)
    return await migrateKernel(database)
  } finally {
    await database.destroy()
  }
}
