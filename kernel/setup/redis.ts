import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Redis } from 'ioredis'
import { whenProbed } from '../supervisor/index.ts'
import type { ServerPrograms } from './debian-packages.ts'
import type { PrivateServer } from './mariadb.ts'
import { endOrphan } from './pid-file.ts'
import { provideServiceDirectory } from './service-user.ts'
import { provideSocketDirectory } from './socket-path.ts'

/** Enough numbered databases for the test processes that share one server. */
export const REDIS_DATABASES = 256

/** Prepares a Redis in `directory`: socket only, a generated password, written to disk every second, never evicting. */
export async function prepareRedis(
  directory: string,
  { redisServer, libraryPath }: ServerPrograms,
): Promise<PrivateServer> {
  const user = provideServiceDirectory(directory)
  const socketPath = path.join(provideSocketDirectory(directory, user), 'redis.sock')
  const pidFile = path.join(directory, 'redis.pid')
  await endOrphan(pidFile, directory)

  const dataDirectory = path.join(directory, 'data')
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
  const password = providePassword(path.join(directory, 'password'))
  // A file keeps the password out of the process list.
  const configuration = path.join(directory, 'redis.conf')
  writeFileSync(
    configuration,
    [
      'port 0',
      `unixsocket "${socketPath}"`,
      'unixsocketperm 700',
      `requirepass ${password}`,
      `dir "${dataDirectory}"`,
      `pidfile "${pidFile}"`,
      'daemonize no',
      // Keeps the configuration's path on the command line, where an orphan is recognised by it.
      'set-proc-title no',
      'appendonly yes',
      'appendfsync everysec',
      'save ""',
      'maxmemory-policy noeviction',
      `databases ${REDIS_DATABASES}`,
      '',
    ].join('\n'),
    { mode: 0o600 },
  )
  if (user) for (const owned of [dataDirectory, configuration]) chownSync(owned, user.uid, user.gid)

  const url = `unix://${socketPath}?password=${password}&db=0`
  return {
    url,
    declaration: {
      name: 'redis',
      command: redisServer,
      args: [configuration],
      env: libraryPath ? { LD_LIBRARY_PATH: libraryPath } : {},
      ...(user ? { user } : {}),
      ready: whenProbed(() => ping(url)),
      readyTimeoutMs: 60_000,
      stopTimeoutMs: 15_000,
      isInteresting: (line) => / # (?!WARNING).*(error|fail|fatal|can't)/i.test(line),
    },
  }
}

function providePassword(file: string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8')
  const password = randomBytes(18).toString('base64url')
  writeFileSync(file, password, { mode: 0o600 })
  return password
}

/** Answers once the append-only file is loaded: while it loads, Redis refuses commands. */
async function ping(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    await redis.ping()
  } finally {
    redis.disconnect()
  }
}
