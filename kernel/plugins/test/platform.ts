import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Knex } from 'knex'
import { createBroker, silentLogger } from '../../broker/index.ts'
import { systemClock } from '../../clock.ts'
import { createApi, type Api, type ParamsOf, type ResultOf, type Route } from '../../contract/index.ts'
import { createDatabase, createRedis, loadMigrations, migrateUp } from '../../database/index.ts'
import { createExtensionPoints } from '../../extension-points.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { createGateway, type Gateway } from '../../gateway/index.ts'
import { createIdentity } from '../../identity/index.ts'
import { createLedger } from '../../ledger/index.ts'
import { createNodes } from '../../nodes/index.ts'
import { createRealtime } from '../../realtime/index.ts'
import { type TestServices } from '../../testing/services.ts'
import {
  createPlugins,
  type Deadlines,
  type PluginHost,
  type Plugins,
  type PluginsOptions,
  type WatchdogLimits,
} from '../index.ts'
import type { Operation } from '../routes.ts'

const migrations = fileURLToPath(new URL('../../../migrations', import.meta.url))

export interface PlatformOptions {
  readonly pluginsDirectory: string
  readonly dataDirectory: string
  readonly services: TestServices
  readonly deadlines?: Partial<Deadlines>
  readonly stylesFiles?: PluginsOptions['stylesFiles']
  readonly portalProgram?: PluginsOptions['portalProgram']
  readonly isSafe?: boolean
  readonly watchdog?: Partial<WatchdogLimits>
  /** Sees every change to an operation before anybody else. */
  readonly onOperation?: (operation: Operation) => void
}

/** All of the kernel that plugins stand on, without the engine. */
export interface TestPlatform {
  readonly database: Knex
  readonly gateway: Gateway
  readonly plugins: Plugins
  /** As the operator, inside the process. */
  call<X extends Route>(route: X, params: ParamsOf<X>): Promise<ResultOf<X>>
  /** As a stranger, through the front door. */
  readonly http: Api
  stop(): Promise<void>
}

function heard(
  realtime: PluginHost['realtime'],
  hear: PlatformOptions['onOperation'],
): PluginHost['realtime'] {
  if (!hear) return realtime
  return {
    ...realtime,
    publish: (name, key, message) => {
      if (name === 'plugins.operations') hear(message as Operation)
      realtime.publish(name, key, message)
    },
  }
}

const letterLook = () => Promise.reject(new Error('Nothing is written here.'))

/** Migrated and listening, no plugin started yet: `plugins.reconcile()` is the test's to call. */
export async function startPlatform(options: PlatformOptions): Promise<TestPlatform> {
  const { services, dataDirectory, onOperation, ...rest } = options
  const { stylesFiles = { portal: '/nowhere', admin: '/nowhere' } } = options
  const database = createDatabase(services.databaseUrl)
  const redis = createRedis(services.redisUrl)
  await migrateUp(database, 'kernel', await loadMigrations(migrations))
  const log = silentLogger
  const broker = createBroker({ database, log })
  const identity = createIdentity({ database, redis, keys: [randomBytes(32)] })
  const { authenticate } = identity
  const realtime = createRealtime({ authenticate, log })
  const gateway = createGateway({
    broker,
    redis,
    authenticate,
    log,
    dataDirectory,
    port: 0,
    requestsPerMinute: 1_000_000,
  })
  const ledger = createLedger({ database })
  const base = { database, redis, identity, ledger, realtime, dataDirectory }
  const points = createExtensionPoints({ ...base, clock: systemClock, logger: () => log, letterLook })
  const plugins = createPlugins({
    database,
    log,
    broker,
    gateway,
    realtime: heard(realtime, onOperation),
    identity,
    kernelRoutes: [],
    points,
    ledger,
    nodes: createNodes(broker.moleculer, log),
    setInPool: () => undefined,
    exchange: {} as Exchange,
    ...rest,
    dataDirectory,
    stylesFiles,
    isDemo: false,
  })
  await broker.start()
  await identity.start()
  await points.start()
  broker.publish('plugins', plugins.implementations)
  gateway.setRoutes(
    'plugins',
    plugins.implementations.map(({ route }) => route as Route),
  )
  realtime.attach(gateway.server)
  await gateway.start()
  return {
    database,
    gateway,
    plugins,
    call: (route, params) => broker.call(route, params, { principal: { kind: 'system' } }),
    http: createApi({ baseUrl: `http://127.0.0.1:${gateway.port}/api` }),
    stop: async () => {
      await plugins.stop()
      await points.stop()
      await realtime.stop()
      await gateway.stop(1_000)
      identity.stop()
      await broker.stop()
      await database.destroy()
      redis.disconnect()
    },
  }
}
