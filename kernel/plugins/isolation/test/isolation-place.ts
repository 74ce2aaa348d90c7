import type { Knex } from 'knex'
import { createBroker, silentLogger, type Broker, type Logger } from '../../../broker/index.ts'
import type { ParamsOf, ResultOf, Route } from '../../../contract/index.ts'
import { createDatabase, loadMigrations, migrateUp } from '../../../database/index.ts'
import type { Exchange } from '../../../exchange/exchange.ts'
import { createLedger, type LedgerModule } from '../../../ledger/index.ts'
import { testServices, type TestServices } from '../../../testing/services.ts'
import { createCatalogue, type ReadPlugin } from '../../catalogue.ts'
import type { Generation } from '../../generation.ts'
import type { HostPoints } from '../../host-points.ts'
import type { PluginHost } from '../../host.ts'
import type { Tier } from '../../plugin-tier.ts'
import { fixturePlugins, type FixturePlugins } from '../../test/fixture.ts'
import { runners, type Fault, type IsolationLimits } from '../index.ts'

const migrations = new URL('../../../../migrations', import.meta.url).pathname

/** A served plugin, and what befell its runner. */
export interface Placed {
  readonly generation: Generation
  readonly faults: readonly Fault[]
}

/** The parts of the kernel that a generation stands on, real ones, without lifecycle and front door. */
export interface IsolationPlace {
  readonly database: Knex
  readonly ledger: LedgerModule
  readonly plugins: FixturePlugins
  readonly host: PluginHost
  readonly published: readonly (readonly [name: string, key: string, message: unknown])[]
  readonly lines: readonly string[]
  read(id: string): Promise<ReadPlugin>
  /** Migrates, starts, probes and flips in. */
  serve(id: string, tier: Tier): Promise<Placed>
  call<X extends Route>(route: X, params: ParamsOf<X>): Promise<ResultOf<X>>
  stop(): Promise<void>
}

export const quickLimits: Partial<IsolationLimits> = {
  heartbeatMs: 100,
  hangMs: 1_500,
  restartMinMs: 50,
  restartMaxMs: 400,
  messagesMax: 2_000,
}

export async function openIsolationPlace(changes: Partial<PluginHost> = {}): Promise<IsolationPlace> {
  const services = await testServices()
  const plugins = await fixturePlugins()
  const database = createDatabase(services.databaseUrl)
  await migrateUp(database, 'kernel', await loadMigrations(migrations))
  const broker = createBroker({ database, log: silentLogger })
  await broker.start()
  const ledger = createLedger({ database })
  const published: [string, string, unknown][] = []
  const lines: string[] = []
  const host = {
    ...hostOf({ database, broker, ledger, published, lines }),
    isolation: quickLimits,
    ...changes,
  }
  const generations: Generation[] = []
  const read = async (id: string): Promise<ReadPlugin> => {
    const found = await createCatalogue(plugins.directory).find(id)
    if (!found?.bundled) throw new Error(`${id}: ${found?.problems.join(' ')}`)
    return found.bundled
  }
  return {
    database,
    ledger,
    plugins,
    host,
    published,
    lines,
    read,
    serve: async (id, tier) => {
      const plugin = await read(id)
      await migrateUp(database, id, plugin.evaluate().migrations())
      const number = generations.length + 1
      const generation = await runners[tier](host, { plugin, number, timeoutMs: 20_000 })
      generations.push(generation)
      await generation.probe()
      broker.publish(id, generation.implementations)
      generation.open()
      generation.scope.begin()
      const faults: Fault[] = []
      generation.onFault((fault) => faults.push(fault))
      return { generation, faults }
    },
    call: (route, params) => broker.call(route, params, { principal: { kind: 'system' } }),
    stop: () => stop({ generations, broker, database, plugins, services }),
  }
}

interface Held {
  readonly generations: readonly Generation[]
  readonly broker: Broker
  readonly database: Knex
  readonly plugins: FixturePlugins
  readonly services: TestServices
}

async function stop({ generations, broker, database, plugins, services }: Held): Promise<void> {
  await Promise.all(generations.map(({ scope }) => scope.dispose(5_000)))
  await broker.stop()
  await database.destroy()
  await plugins.dispose()
  services.release()
}

interface HostParts {
  readonly database: Knex
  readonly broker: Broker
  readonly ledger: LedgerModule
  readonly published: [string, string, unknown][]
  readonly lines: string[]
}

function hostOf({ database, broker, ledger, published, lines }: HostParts): PluginHost {
  const line = (message: string, data?: object): void =>
    void lines.push(
      `${message} ${JSON.stringify(data, (_, value: unknown) => (value instanceof Error ? value.stack : value))}`,
    )
  const log: Logger = { info: line, warn: line, error: line }
  const nothing = (): undefined => undefined
  const idle = { inFlight: 0, drained: async () => true }
  return {
    database,
    broker,
    ledger,
    log,
    isDemo: false,
    gateway: { setRoutes: nothing, removeRoutes: nothing, setDisabled: nothing },
    realtime: {
      provide: nothing,
      removeOwner: nothing,
      isWatched: () => false,
      publish: (name, key, message) => void published.push([name, key, message]),
    },
    identity: { definePermissions: async () => undefined, forgetPermissions: async () => undefined },
    exchange: {} as Exchange,
    points: {
      clock: { now: () => new Date() },
      settings: { open: () => ({ values: { greeting: 'hello' }, onChange: () => nothing }) },
      events: { emitAll: async () => undefined },
      activity: {},
      users: {
        find: async (id: string) => ({ id, email: 'a@b.test', level: 3, isHouse: false, createdAt: '' }),
      },
      publish: () => idle,
      withdraw: () => idle,
      setDisabled: nothing,
    } as unknown as HostPoints,
  }
}

/** Asks until the answer is right, and fails with the last one when it never is. */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  isRight: (answer: T) => boolean,
  withinMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (isRight(answer)) return answer
    if (performance.now() > deadline) throw new Error(`Still ${JSON.stringify(answer)} after ${withinMs} ms.`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
