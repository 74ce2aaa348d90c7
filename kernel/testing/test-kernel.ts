import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createLogger } from '../broker/index.ts'
import { quietLogger } from '../log/index.ts'
import { createKernel } from '../composition.ts'
import type { KernelChanges, KernelParts } from '../parts.ts'
import { connect, migrate } from '../connections.ts'
import { createApi, type CallOptions, type ParamsOf, type ResultOf, type Route } from '../contract/index.ts'
import { createFunding } from '../exchange/routes.ts'
import { createUser } from '../identity/routes.ts'
import { enablePlugin } from '../plugins/routes.ts'
import { testServices, type TestServices } from './services.ts'
import { settled } from './settled.ts'
import { createTestClock, type TestClock } from './test-clock.ts'
import { TestEngines } from './test-engines.ts'
import { signIn, type TestUser } from './test-users.ts'

export interface TestKernelOptions extends Pick<
  KernelChanges,
  'pluginsDirectory' | 'deadlines' | 'isolation'
> {
  /** Ids of plugins to enable, in this order. */
  readonly plugins?: readonly string[]
  /** The kernel's own log lines are for debugging a test. */
  readonly isVerbose?: boolean
  /** Serves what is saved in the plugins' folders at once, as `npm run dev` does. */
  readonly isDevelopment?: boolean
  /** Seeds demo users, balances and makers, as `npm start` does; a test wants its own. */
  readonly isDemo?: boolean
  /** Engines beside the main one, in the form of `ENGINE_SHARDS`. */
  readonly engineShards?: string
  /** Address of the npm registry that plugins are fetched from. */
  readonly registry?: string
  /** `host:port` on this machine that webhooks of alerts may reach. */
  readonly privateHosts?: readonly string[]
  /** Where the nodes of one test find each other: `nats://127.0.0.1:4222`. */
  readonly transporter?: string
}

export interface TestCallOptions extends CallOptions {
  /** Whose session calls; `system` is the operator, `stranger` has none. */
  readonly as?: TestUser | 'system' | 'stranger'
}

export interface NewTestUser {
  readonly role?: 'admin'
  /** Paid into the funding wallet: `{ USDT: '1000' }`. */
  readonly funding?: Readonly<Record<string, string>>
  /** Paid into the trading wallet. */
  readonly spot?: Readonly<Record<string, string>>
}

/** The whole kernel with a database, Redis and engine of its own, listening on a free port. */
export interface TestKernel {
  /** `http://127.0.0.1:port` */
  readonly origin: string
  /** Where the `cambium` command reaches it: `OPERATOR_SOCKET`. */
  readonly operatorSocket: string
  /** The kernel's parts, for what no route tells. A restart makes them anew. */
  readonly parts: KernelParts
  /** Calls a route as the platform's users do: over HTTP, or as `system`, which is the default. */
  call<X extends Route>(route: X, params: ParamsOf<X>, options?: TestCallOptions): Promise<ResultOf<X>>
  /** Time as the kernel and its plugins see it; jobs become due by it. Loops (`every`) keep to the real one. */
  readonly clock: TestClock
  /** Resolves when every due job has run and every event has been told. */
  settled(): Promise<void>
  createUser(user?: NewTestUser): Promise<TestUser>
  /** Enables a plugin, and throws the reason when that failed. */
  enable(pluginId: string): Promise<void>
  /** Starts another kernel on the same database, Redis and engine, as a second machine would. */
  join(changes?: Pick<KernelChanges, 'pluginsDirectory'>): Promise<TestNode>
  /** Stops the kernel and starts it again on the same data; the engine runs on. */
  restart(): Promise<void>
  /** The engine of a shard, `main` for the platform's own: to be stopped in the middle of a test and started again. */
  engine(shard: string): { start(): Promise<void>; stop(): Promise<void> }
  stop(): Promise<void>
}

/** One of several kernels that serve the same platform. */
export interface TestNode {
  readonly origin: string
  readonly parts: KernelParts
  call: TestKernel['call']
  stop(): Promise<void>
}

const PASSWORD = 'correct horse battery'
const REQUESTS_PER_MINUTE = 1_000_000

/** Starts a kernel for a test. What it holds is given back by `stop`, or at once when it cannot start. */
export async function createTestKernel(options: TestKernelOptions = {}): Promise<TestKernel> {
  const held = new AsyncDisposableStack()
  try {
    const testKernel = await startTestKernel(options, held)
    for (const id of options.plugins ?? []) await testKernel.enable(id)
    return testKernel
  } catch (error) {
    await held.disposeAsync()
    throw error
  }
}

/** What the kernel runs on. One that does not start takes nothing of the other along. */
async function startSurroundings(
  options: TestKernelOptions,
  held: AsyncDisposableStack,
): Promise<Surroundings> {
  const directory = await mkdtemp(path.join(tmpdir(), 'cambium-test-'))
  held.defer(() => rm(directory, { recursive: true, force: true }))
  const services = await testServices()
  held.defer(() => services.release())
  const engines = new TestEngines(directory, options.engineShards)
  held.defer(() => engines.stop())
  await engines.start()
  await migrate(services.databaseUrl)
  return { options, directory, services, engines }
}

async function startTestKernel(options: TestKernelOptions, held: AsyncDisposableStack): Promise<TestKernel> {
  const surroundings = await startSurroundings(options, held)
  const clock = createTestClock(() => settled(kernel.parts))
  let kernel = await startKernel(surroundings, clock)
  held.defer(() => kernel.stop())
  await defineAssets(kernel.parts)
  let users = 0
  let nodes = 1

  const origin = (): string => originOf(kernel)
  const call = callerOf(() => kernel)

  return {
    get origin() {
      return origin()
    },
    operatorSocket: operatorSocketIn(surroundings.directory),
    get parts() {
      return kernel.parts
    },
    call,
    clock,
    settled: () => settled(kernel.parts),
    engine: (shard) => surroundings.engines.one(shard),
    createUser: async ({ role, funding = {}, spot = {} } = {}) => {
      users += 1
      const email = `user-${users}@example.test`
      const { id } = await call(createUser, { email, password: PASSWORD, ...(role ? { role } : {}) })
      const reason = 'Funded by a test'
      for (const [wallet, amounts] of Object.entries({ funding, spot })) {
        for (const [assetId, amount] of Object.entries(amounts)) {
          await call(createFunding, {
            userId: id,
            assetId,
            amount,
            wallet: wallet as 'funding' | 'spot',
            reason,
          })
        }
      }
      return signIn(`${origin()}/api`, { email, password: PASSWORD })
    },
    enable: async (pluginId) => {
      const operation = await call(enablePlugin, { pluginId, approveGrants: true })
      if (operation.state === 'failed') throw new Error(`${pluginId}: ${operation.reason}`)
    },
    join: async (changes = {}) => {
      nodes += 1
      const node = await startKernel(
        {
          ...surroundings,
          options: { ...options, ...changes },
          directory: `${surroundings.directory}/${nodes}`,
        },
        clock,
        `node-${nodes}`,
      )
      let stopped: Promise<void> | undefined
      const stop = () => (stopped ??= node.stop())
      held.defer(stop)
      return { origin: originOf(node), parts: node.parts, call: callerOf(() => node), stop }
    },
    restart: async () => {
      await kernel.stop()
      kernel = await startKernel(surroundings, clock)
    },
    stop: () => held.disposeAsync(),
  }
}

type StartedKernel = Awaited<ReturnType<typeof startKernel>>

function originOf(kernel: StartedKernel): string {
  return `http://127.0.0.1:${kernel.port}`
}

function callerOf(kernel: () => StartedKernel): TestKernel['call'] {
  return async (route, params, { as = 'system', ...rest } = {}) => {
    if (as === 'stranger') return createApi({ baseUrl: `${originOf(kernel())}/api` })(route, params, rest)
    if (as !== 'system') return as.api(route, params, rest)
    const key = route.idempotency !== undefined ? { idempotencyKey: crypto.randomUUID() } : {}
    return kernel().parts.broker.call(route, params, { principal: { kind: 'system' }, ...key, ...rest })
  }
}

/** Those of the demo, in the same scales. */
async function defineAssets({ database, ledger }: KernelParts): Promise<void> {
  await database.transaction(async (trx) => {
    await ledger.defineAsset(trx, { id: 'BTC', name: 'Bitcoin', scale: 8, tradingScale: 8 })
    await ledger.defineAsset(trx, { id: 'ETH', name: 'Ether', scale: 18, tradingScale: 8 })
    await ledger.defineAsset(trx, { id: 'USDT', name: 'Tether USD', scale: 8, tradingScale: 7 })
  })
}

interface Surroundings {
  readonly options: TestKernelOptions
  readonly directory: string
  readonly services: TestServices
  readonly engines: TestEngines
}

async function startKernel(
  { options, directory, services, engines }: Surroundings,
  clock: TestClock,
  nodeId = 'node-1',
) {
  const {
    isVerbose = false,
    isDemo = false,
    isDevelopment = false,
    registry,
    plugins: _,
    engineShards: _shards,
    transporter,
    privateHosts,
    ...changes
  } = options
  const configuration = {
    databaseUrl: services.databaseUrl,
    redisUrl: services.redisUrl,
    engines: engines.addresses,
    port: 0,
    operatorSocket: operatorSocketIn(directory),
    portalOrigin: undefined,
    adminRoot: path.join(directory, 'admin'),
    dataDirectory: path.join(directory, 'data'),
    isDemo,
    isSafe: false,
    isDevelopment,
    registry: registry === undefined ? undefined : { url: registry },
    nodeId,
    transporter,
    privateHosts,
  }
  const logger = isVerbose ? createLogger : quietLogger
  const kernel = createKernel(configuration, {
    ...changes,
    clock,
    logger,
    requestsPerMinute: REQUESTS_PER_MINUTE,
  })
  try {
    await connect(kernel.parts)
    await kernel.start()
    return kernel
  } catch (error) {
    await kernel.stop()
    throw error
  }
}

function operatorSocketIn(directory: string): string {
  return path.join(directory, 'operator.sock')
}
