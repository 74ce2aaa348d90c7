import { createConnection } from 'mysql2/promise'
import { Redis } from 'ioredis'
import { SetupError } from './setup-error.ts'

/** What mysql2 and knex take as `connection`. Big numbers arrive as strings; times are UTC. */
export interface DatabaseConnection {
  readonly host?: string
  readonly port?: number
  readonly socketPath?: string
  readonly user: string
  readonly password: string
  readonly database: string
  readonly supportBigNumbers: true
  readonly bigNumberStrings: true
  readonly timezone: 'Z'
  readonly charset: 'utf8mb4'
  readonly connectTimeout: number
}

/**
 * Reads a `DATABASE_URL`: `mysql://user:password@host:port/database`, or for a Unix socket
 * `mysql://user:password@localhost/database?socketPath=/path`.
 */
export function databaseConnection(databaseUrl: string): DatabaseConnection {
  const url = parseUrl(databaseUrl, 'DATABASE_URL', ['mysql:', 'mariadb:'])
  const database = decodeURIComponent(url.pathname.slice(1))
  if (!database) throw new SetupError('DATABASE_URL names no database: add /cambium at its end.')
  const socketPath = url.searchParams.get('socketPath')
  return {
    ...(socketPath ? { socketPath } : { host: url.hostname, port: Number(url.port || 3306) }),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
    supportBigNumbers: true,
    bigNumberStrings: true,
    timezone: 'Z',
    charset: 'utf8mb4',
    connectTimeout: 10_000,
  }
}

/** The same URL with another database at its end. */
export function withDatabase(databaseUrl: string, database: string): string {
  const url = new URL(databaseUrl)
  url.pathname = `/${encodeURIComponent(database)}`
  return url.href
}

/** Refuses, in one sentence, a database that cannot be used: unreachable, wrong password, too old. */
export async function checkDatabase(databaseUrl: string): Promise<void> {
  const options = databaseConnection(databaseUrl)
  const place = options.socketPath ?? `${options.host}:${options.port}`
  const connection = await createConnection({ ...options }).catch((error: unknown) => {
    throw new SetupError(`The database at ${place} cannot be used: ${reason(error)}`)
  })
  try {
    const [rows] = await connection.query('SELECT VERSION() AS version')
    const version = String((rows as { version: string }[])[0]?.version)
    if (!isSupportedDatabase(version)) {
      throw new SetupError(
        `The database at ${place} is ${version}; MariaDB 10.6 or MySQL 8.0 is the oldest that works.`,
      )
    }
  } finally {
    await connection.end()
  }
}

/** Judges what `SELECT VERSION()` answers: `10.11.6-MariaDB-log`, `8.0.36`. */
export function isSupportedDatabase(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  return /mariadb/i.test(version) ? major > 10 || (major === 10 && minor >= 6) : major >= 8
}

/** Refuses, in one sentence, a Redis that cannot be used: unreachable, wrong password, too old, or one that evicts. */
export async function checkRedis(redisUrl: string): Promise<void> {
  parseUrl(redisUrl, 'REDIS_URL', ['redis:', 'rediss:', 'unix:'])
  const place = redisUrl.replace(/\/\/[^@/]*@/, '//').replace(/\?.*/, '')
  const redis = new Redis(redisUrl, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 10_000 })
  let failure: unknown
  redis.on('error', (error) => (failure ??= error))
  try {
    await redis.connect()
    const version = /redis_version:(\d+)/.exec(await redis.info('server'))?.[1]
    if (Number(version) < 6)
      throw new SetupError(`The Redis at ${place} is ${version}; Redis 6 is the oldest that works.`)
    const policy = /maxmemory_policy:(\S+)/.exec(await redis.info('memory'))?.[1]
    if (policy !== undefined && policy !== 'noeviction') {
      throw new SetupError(
        `The Redis at ${place} evicts keys (${policy}); set maxmemory-policy to noeviction.`,
      )
    }
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw new SetupError(`The Redis at ${place} cannot be used: ${reason(failure ?? error)}`)
  } finally {
    redis.disconnect()
  }
}

function parseUrl(text: string, variable: string, protocols: readonly string[]): URL {
  if (!URL.canParse(text)) throw new SetupError(`${variable} is not a URL: ${text}`)
  const url = new URL(text)
  if (protocols.includes(url.protocol)) return url
  throw new SetupError(
    `${variable} must start with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}.`,
  )
}

function reason(error: unknown): string {
  return error instanceof Error
    ? error.message || String((error as NodeJS.ErrnoException).code)
    : String(error)
}
