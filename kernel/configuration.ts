import { fileURLToPath } from 'node:url'
import { EngineShardsError, readEngineShards, socketVariable, type EngineShard } from './engine-shards.ts'

/** What the kernel is told by its environment. */
export interface Configuration {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** The engines, `main` first, and where each listens. */
  readonly engines: readonly (EngineShard & { readonly socket: string })[]
  /** The front door; 0 takes any free port. */
  readonly port: number
  readonly operatorSocket: string | undefined
  readonly portalOrigin: string | undefined
  readonly adminRoot: string
  /** Everything written at run time lies below it. */
  readonly dataDirectory: string
  /** The platform shows itself: demo users, balances and a market maker. */
  readonly isDemo: boolean
  /** No plugin is started. */
  readonly isSafe: boolean
  /** The most a plugin may take that runs apart from the kernel. */
  readonly pluginMemoryMb?: number | undefined
  /** Names this node among those that share the database, the same after a restart. */
  readonly nodeId?: string | undefined
  /** Joins this node to others: `nats://host:4222`. Without one it is alone. */
  readonly transporter?: string | undefined
  /** The npm registry plugins are searched in and fetched from; without one they are only uploaded. */
  readonly registry?: { readonly url: string; readonly token?: string } | undefined
  /** Lets a scraper on another machine read `/metrics`. */
  readonly metricsToken?: string | undefined
  /** Traces are sent there, as OTLP over HTTP. */
  readonly otlpEndpoint?: string | undefined
  /** The share of requests that are recorded step by step, 0 to 1. */
  readonly traceRatio?: number | undefined
  /** How long the node says that it is not ready any more before it takes no more connections. */
  readonly stopDelayMs?: number | undefined
  /** `host:port` inside the network that webhooks of alerts may reach. */
  readonly privateHosts?: readonly string[] | undefined
  /** `npm run dev`: plugins are replaced as they are saved. */
  readonly isDevelopment: boolean
}

/** The environment cannot be used; the message is for the operator. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

type Environment = Readonly<Record<string, string | undefined>>

const root = fileURLToPath(new URL('..', import.meta.url))
const ownVariables: ReadonlySet<string> = new Set([
  'CAMBIUM_DATA',
  'CAMBIUM_DEMO',
  'CAMBIUM_METRICS_TOKEN',
  'CAMBIUM_PLUGIN_MEMORY_MB',
  'CAMBIUM_PRIVATE_HOSTS',
  'CAMBIUM_REGISTRY',
  'CAMBIUM_REGISTRY_TOKEN',
  'CAMBIUM_SAFE',
  'CAMBIUM_STOP_DELAY_SECONDS',
])

function required(environment: Environment, name: string): string {
  const value = environment[name]
  if (value) return value
  throw new ConfigurationError(
    `${name} is not set; "npm start" sets it, and kernel/setup/README.md tells its form.`,
  )
}

function flag(environment: Environment, name: string, whenUnset: boolean): boolean {
  const value = environment[name]
  if (value === undefined || value === '') return whenUnset
  if (value === '1' || value === '0') return value === '1'
  throw new ConfigurationError(`${name} is "${value}" and must be 1 or 0.`)
}

function engines(environment: Environment): Configuration['engines'] {
  try {
    const shards = readEngineShards(environment.ENGINE_SHARDS)
    return shards.map((shard) => ({ ...shard, socket: required(environment, socketVariable(shard)) }))
  } catch (error) {
    throw error instanceof EngineShardsError ? new ConfigurationError(error.message) : error
  }
}

function portNumber(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : 65_536
  if (port < 65_536) return port
  throw new ConfigurationError(`PORT is "${value}" and must be a number from 0 to 65535.`)
}

function origin(value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return new URL(value).origin
  throw new ConfigurationError(
    `PORTAL_ORIGIN is "${value}" and must be an address like http://127.0.0.1:3001.`,
  )
}

function registry({
  CAMBIUM_REGISTRY: url,
  CAMBIUM_REGISTRY_TOKEN: token,
}: Environment): Configuration['registry'] {
  if (url === undefined || url === '') return undefined
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))
    return { url, ...(token ? { token } : {}) }
  // Its value may hold a password.
  throw new ConfigurationError('CAMBIUM_REGISTRY must be an address like https://registry.example/npm/.')
}

function megabytes(value: string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined
  if (/^\d{2,5}$/.test(value)) return Number(value)
  throw new ConfigurationError(
    `CAMBIUM_PLUGIN_MEMORY_MB is "${value}" and must be a number from 10 to 99999.`,
  )
}

function transporter({ TRANSPORTER: url }: Environment): string | undefined {
  if (url === undefined || url === '') return undefined
  if (/^nats:\/\/[^\s]+$/.test(url)) return url
  throw new ConfigurationError(`TRANSPORTER is "${url}" and must be an address like nats://127.0.0.1:4222.`)
}

function traceRatio({ OTEL_TRACES_SAMPLER_ARG: value }: Environment): number | undefined {
  if (value === undefined || value === '') return undefined
  const ratio = Number(value)
  if (ratio >= 0 && ratio <= 1) return ratio
  throw new ConfigurationError(`OTEL_TRACES_SAMPLER_ARG is "${value}" and must be a number from 0 to 1.`)
}

function stopDelayMs({ CAMBIUM_STOP_DELAY_SECONDS: value }: Environment): number | undefined {
  if (value === undefined || value === '') return undefined
  if (/^\d{1,3}$/.test(value)) return Number(value) * 1_000
  throw new ConfigurationError(`CAMBIUM_STOP_DELAY_SECONDS is "${value}" and must be a number from 0 to 999.`)
}

function privateHosts({ CAMBIUM_PRIVATE_HOSTS: value }: Environment): readonly string[] {
  return (value ?? '').split(/[\s,]+/).filter((host) => host !== '')
}

/** Reads and checks the environment; throws a `ConfigurationError` of one sentence. */
export function readConfiguration(environment: Environment): Configuration {
  const unknown = Object.keys(environment).find(
    (name) => name.startsWith('CAMBIUM_') && !ownVariables.has(name),
  )
  if (unknown) {
    const known = [...ownVariables].join(', ')
    throw new ConfigurationError(`${unknown} is no variable of Cambium; those that begin so are ${known}.`)
  }
  return {
    databaseUrl: required(environment, 'DATABASE_URL'),
    redisUrl: required(environment, 'REDIS_URL'),
    engines: engines(environment),
    port: portNumber(environment.PORT ?? '3000'),
    operatorSocket: environment.OPERATOR_SOCKET || undefined,
    portalOrigin: origin(environment.PORTAL_ORIGIN),
    adminRoot: environment.ADMIN_ROOT || `${root}admin-nuxt/.output/public`,
    dataDirectory: environment.CAMBIUM_DATA || `${root}.data`,
    isDemo: flag(environment, 'CAMBIUM_DEMO', true),
    isSafe: flag(environment, 'CAMBIUM_SAFE', false),
    pluginMemoryMb: megabytes(environment.CAMBIUM_PLUGIN_MEMORY_MB),
    registry: registry(environment),
    nodeId: environment.NODE_ID || undefined,
    transporter: transporter(environment),
    metricsToken: environment.CAMBIUM_METRICS_TOKEN || undefined,
    otlpEndpoint: environment.OTEL_EXPORTER_OTLP_ENDPOINT || undefined,
    traceRatio: traceRatio(environment),
    stopDelayMs: stopDelayMs(environment),
    privateHosts: privateHosts(environment),
    isDevelopment: environment.NODE_ENV === 'development',
  }
}
