/**
 * Keeps the test servers: one process a checkout, started by the first test that needs them. Each connection is
 * given an own MariaDB database and an own Redis database; both are emptied when it closes, so a test
 * process that was killed leaves nothing. It ends when nobody has been connected for a while.
 */
import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { createPool } from 'mysql2/promise'
import { Redis } from 'ioredis'
import {
  databaseConnection,
  provideServices,
  REDIS_DATABASES,
  takeLock,
  withDatabase,
} from '../setup/index.ts'
import { keeperSocket, testDirectory } from './services-place.ts'

const IDLE_MS = 20_000

const release = await takeLock(testDirectory)
if (!release) process.exit(0)

const services = await provideServices({ directory: testDirectory })
const pool = createPool({ ...databaseConnection(services.databaseUrl), connectionLimit: 4 })
const redis = new Redis(services.redisUrl)
await Promise.all([dropLeftovers(), redis.flushall()])

const freeRedisDatabases = Array.from({ length: REDIS_DATABASES - 1 }, (_, index) => index + 1)
let leases = 0
let issued = 0
let idle = setTimeout(() => void end(), IDLE_MS)

const server = createServer((socket) => void lease(socket))
rmSync(keeperSocket(), { force: true })
server.listen(keeperSocket())
process.on('SIGTERM', () => void end())
process.on('SIGINT', () => void end())

async function lease(socket: Socket): Promise<void> {
  clearTimeout(idle)
  leases += 1
  issued += 1
  const database = `t_${process.pid}_${issued}`
  const redisDatabase = freeRedisDatabases.shift()
  if (redisDatabase === undefined)
    throw new Error(`More than ${REDIS_DATABASES} tests hold services at once.`)
  socket.on('error', () => undefined)
  socket.once('close', () => void takeBack(database, redisDatabase))

  await pool.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
  const answer = {
    databaseUrl: withDatabase(services.databaseUrl, database),
    redisUrl: services.redisUrl.replace('db=0', `db=${redisDatabase}`),
  }
  socket.write(`${JSON.stringify(answer)}\n`)
  socket.resume()
}

async function takeBack(database: string, redisDatabase: number): Promise<void> {
  await pool.query(`DROP DATABASE IF EXISTS ${database}`)
  await dropAccounts(`${database}.`)
  await redis.multi().select(redisDatabase).flushdb().select(0).exec()
  freeRedisDatabases.push(redisDatabase)
  leases -= 1
  if (leases === 0) idle = setTimeout(() => void end(), IDLE_MS)
}

async function dropLeftovers(): Promise<void> {
  const [rows] = await pool.query(
    "SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE 't\\_%'",
  )
  for (const { name } of rows as { name: string }[]) await pool.query(`DROP DATABASE \`${name}\``)
  await dropAccounts('t_')
}

/** Those that plugins were given in a database: the server keeps them beside it. */
async function dropAccounts(prefix: string): Promise<void> {
  const [rows] = await pool.query(
    'SELECT user AS user, host AS host, is_role AS isRole FROM mysql.user WHERE user LIKE ?',
    [`${prefix.replaceAll('_', '\\_')}%`],
  )
  for (const { name, host, isRole } of rows as { name: string; host: string; isRole: 'Y' | 'N' }[]) {
    await pool.query(
      isRole === 'Y' ? `DROP ROLE IF EXISTS '${name}'` : `DROP USER IF EXISTS '${name}'@'${host}'`,
    )
  }
}

async function end(): Promise<void> {
  server.close()
  rmSync(keeperSocket(), { force: true })
  await pool.end()
  redis.disconnect()
  await services.stop()
  process.exit(0)
}
