import path from 'node:path'
import { Child } from '../supervisor/index.ts'
import { provideServerPrograms } from './debian-packages.ts'
import { takeLock } from './lock.ts'
import { prepareMariadb, type PrivateServer } from './mariadb.ts'
import { prepareRedis } from './redis.ts'
import { checkDatabase, checkRedis } from './service-url.ts'
import { SetupError } from './setup-error.ts'

export interface ServicesRequest {
  /** Where private servers keep their files, usually `.data`. */
  readonly directory: string
  /** An existing server to use instead of a private one. */
  readonly databaseUrl?: string | undefined
  readonly redisUrl?: string | undefined
}

export interface PreparedServices {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** The private servers, not yet started; none when both URLs were given. */
  readonly servers: readonly PrivateServer[]
  release(): void
}

export interface Services {
  readonly databaseUrl: string
  readonly redisUrl: string
  stop(): Promise<void>
}

/** Makes ready what MariaDB and Redis need. Given URLs are checked; the folder is ours until `release`. */
export async function prepareServices(request: ServicesRequest): Promise<PreparedServices> {
  const directory = path.resolve(request.directory)
  const { databaseUrl, redisUrl } = request
  const release = await takeLock(path.join(directory, 'services'))
  if (!release)
    throw new SetupError(`MariaDB and Redis of ${directory} are already running under another process.`)
  try {
    await Promise.all([databaseUrl && checkDatabase(databaseUrl), redisUrl && checkRedis(redisUrl)])
    if (databaseUrl && redisUrl) return { databaseUrl, redisUrl, servers: [], release }

    const programs = await provideServerPrograms(directory)
    const mariadb = databaseUrl ? undefined : await prepareMariadb(path.join(directory, 'mariadb'), programs)
    const redis = redisUrl ? undefined : await prepareRedis(path.join(directory, 'redis'), programs)
    return {
      databaseUrl: databaseUrl ?? mariadb?.url ?? '',
      redisUrl: redisUrl ?? redis?.url ?? '',
      servers: [mariadb, redis].filter((server) => server !== undefined),
      release,
    }
  } catch (error) {
    release()
    throw error
  }
}

/** Provides a MariaDB and a Redis that run until `stop`, or until this process ends in whatever way. */
export async function provideServices(request: ServicesRequest): Promise<Services> {
  const { databaseUrl, redisUrl, servers, release } = await prepareServices(request)
  const children = servers.map(
    ({ declaration }) => new Child(declaration, path.join(request.directory, 'log')),
  )
  const stop = async () => {
    await Promise.all(children.map((child) => child.stop()))
    release()
  }
  const started = await Promise.allSettled(children.map((child) => child.start()))
  const failure = started.find((outcome) => outcome.status === 'rejected')
  if (failure) {
    await stop()
    throw new SetupError(failure.reason instanceof Error ? failure.reason.message : String(failure.reason))
  }
  return { databaseUrl, redisUrl, stop }
}
