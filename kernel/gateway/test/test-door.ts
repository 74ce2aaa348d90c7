import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  createBroker,
  silentLogger,
  type Broker,
  type Implementation,
  type Logger,
} from '../../broker/index.ts'
import { createDatabase, createRedis, migrateKernel } from '../../database/index.ts'
import { createIdentity, type Identity } from '../../identity/index.ts'
import { testServices } from '../../testing/services.ts'
import { createGateway, type Gateway, type GatewayOptions } from '../index.ts'

export interface TestDoor {
  readonly broker: Broker
  readonly identity: Identity
  readonly gateway: Gateway
  /** `http://127.0.0.1:port` */
  readonly origin: string
  /** An own folder: `admin` and `plugin-assets` are looked for in it. */
  readonly directory: string
  serve(owner: string, implementations: readonly Implementation<never>[]): void
  stop(): Promise<void>
}

/** A front door with identity behind it, on a free port, over databases of its own. */
export async function openTestDoor(
  options: Partial<GatewayOptions> = {},
  log: Logger = silentLogger,
): Promise<TestDoor> {
  const services = await testServices()
  const database = createDatabase(services.databaseUrl)
  const redis = createRedis(services.redisUrl)
  await redis.connect()
  await migrateKernel(database)
  const directory = await mkdtemp(path.join(tmpdir(), 'cambium-door-'))
  const broker = createBroker({ database, log, checkResults: true })
  const identity = createIdentity({ database, redis, keys: [randomBytes(32)] })
  await identity.start()
  const { authenticate } = identity
  const paths = { adminRoot: path.join(directory, 'admin'), dataDirectory: directory }
  const gateway = createGateway({ broker, redis, authenticate, port: 0, log, ...paths, ...options })
  await broker.start()
  await gateway.start()

  const serve = (owner: string, implementations: readonly Implementation<never>[]): void => {
    broker.publish(owner, implementations)
    gateway.setRoutes(
      owner,
      implementations.map(({ route }) => route),
    )
  }
  await identity.definePermissions('identity', identity.permissions)
  serve('identity', identity.implementations)

  return {
    broker,
    identity,
    gateway,
    directory,
    serve,
    origin: `http://127.0.0.1:${gateway.port}`,
    async stop() {
      await gateway.stop(500)
      await broker.stop()
      identity.stop()
      redis.disconnect()
      await database.destroy()
      services.release()
      await rm(directory, { recursive: true })
    },
  }
}
