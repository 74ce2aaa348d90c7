import { monitorEventLoopDelay } from 'node:perf_hooks'
import { bucketsBetween, mergeBuckets, percentile, type Buckets, type Metrics } from '../metrics/index.ts'
import type { Figures } from './figures.ts'
import type { Values } from '../metrics/index.ts'
import { MetricSampler } from './metric-sampler.ts'
import { RecentRestarts } from './recent-restarts.ts'

interface Look {
  readonly atMs: number
  readonly requests: number
  readonly errors: number
  readonly http: Buckets
  readonly queries: Buckets
  readonly engine: Buckets
  readonly commands: number
  readonly processorMicros: number
}

async function look(metrics: Metrics): Promise<Look> {
  const requests = (await metrics.values('httpRequests')).filter(({ labels }) => labels.route !== 'files')
  const sum = (values: readonly { value: number }[]): number =>
    values.reduce((total, { value }) => total + value, 0)
  const http = (await metrics.distributions('httpDuration')).filter(({ labels }) => labels.route !== 'files')
  const { user, system } = process.cpuUsage()
  return {
    atMs: performance.now(),
    requests: sum(requests),
    errors: sum(requests.filter(({ labels }) => String(labels.status).startsWith('5'))),
    http: mergeBuckets(http.map(({ buckets }) => buckets)),
    queries: mergeBuckets((await metrics.distributions('queries')).map(({ buckets }) => buckets)),
    engine: mergeBuckets((await metrics.distributions('engineDuration')).map(({ buckets }) => buckets)),
    commands: sum(await metrics.values('engineCommands')),
    processorMicros: user + system,
  }
}

function milliseconds(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1e5) / 100
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000
}

function counted(before: Look, now: Look): Values {
  const seconds = (now.atMs - before.atMs) / 1_000
  const rate = (count: number): number => rounded(count / seconds)
  const requests = now.requests - before.requests
  const errors = now.errors - before.errors
  const http = bucketsBetween(before.http, now.http)
  const queries = bucketsBetween(before.queries, now.queries)
  return {
    'http.rate': rate(requests),
    'http.errorRate': rate(errors),
    'http.errorShare': requests === 0 ? 0 : rounded(errors / requests),
    'http.p50': milliseconds(percentile(http, 0.5)),
    'http.p95': milliseconds(percentile(http, 0.95)),
    'http.p99': milliseconds(percentile(http, 0.99)),
    'process.processor': rounded((now.processorMicros - before.processorMicros) / 1e6 / seconds),
    'database.rate': rate(queries.at(-1)?.[1] ?? 0),
    'database.p95': milliseconds(percentile(queries, 0.95)),
    'engine.rate': rate(now.commands - before.commands),
    'engine.p95': milliseconds(percentile(bucketsBetween(before.engine, now.engine), 0.95)),
  }
}

function records<T>(items: readonly T[], pair: (item: T) => readonly [string, number] | undefined) {
  return Object.fromEntries(items.flatMap((item) => [pair(item)].filter((entry) => entry !== undefined)))
}

function asked(figures: Figures): Values {
  const { engines, plugins, pool, redis, jobs, listeners, sockets, diskFree, nodes, ledger } = figures
  return {
    'realtime.connections': sockets.connections + sockets.endpoints,
    'database.connections': pool.used,
    'database.waiting': pool.waiting,
    'database.down': figures.isDatabaseUp ? 0 : 1,
    'redis.ping': redis && rounded(redis.ms),
    'redis.memory': redis && redis.memoryBytes,
    'redis.down': redis ? 0 : 1,
    'engine.refusing': records(engines.engines, ({ shard, isUp }) => [shard, isUp ? 0 : 1]),
    'engine.sync': records(engines.engines, ({ shard, syncMs }) =>
      syncMs === null ? undefined : [shard, rounded(syncMs)],
    ),
    'engine.standbyLag': records(engines.engines, ({ shard, standbyLag }) =>
      standbyLag === null ? undefined : [shard, standbyLag],
    ),
    'engine.followerLag': records(engines.followers, ({ name, lag }) => [name, lag]),
    'events.lag': records(listeners, ({ listener, lagSeconds }) => [listener, lagSeconds]),
    'events.failed': records(listeners, ({ listener, failed }) => [listener, failed]),
    'jobs.waiting': jobs.waiting,
    'jobs.running': jobs.running,
    'jobs.failures': jobs.failing,
    'plugins.quarantined': records(plugins.quarantined, (plugin) => [plugin, 1]),
    'plugins.p95': records(plugins.health, ({ pluginId, p95Ms }) =>
      p95Ms === null ? undefined : [pluginId, p95Ms],
    ),
    'ledger.breaks': ledger?.breaks ?? null,
    'disk.free': diskFree === null ? null : rounded(diskFree),
    'nodes.missing': records(nodes.missing, (node) => [node, 1]),
  }
}

function restartsOf({ plugins }: Figures): ReadonlyMap<string, number> {
  return new Map(plugins.health.map(({ pluginId, restarts }) => [pluginId, restarts]))
}

/** Makes the indicators of this node: what was counted since the last time, and what was asked for now. */
export class Sampler {
  readonly #metrics: Metrics
  readonly #named: MetricSampler
  readonly #restarts = new RecentRestarts()
  readonly #delay: ReturnType<typeof monitorEventLoopDelay>
  #before: Look | undefined

  constructor(metrics: Metrics) {
    this.#metrics = metrics
    this.#named = new MetricSampler(metrics.registry)
    this.#delay = monitorEventLoopDelay({ resolution: 20 })
    this.#delay.enable()
  }

  /** `named`: the metrics somebody looks at by name. */
  async sample(figures: Figures, named: ReadonlySet<string>): Promise<Values> {
    const now = await look(this.#metrics)
    const before = this.#before
    this.#before = now
    const { heapUsed, rss } = process.memoryUsage()
    const eventLoopMs = this.#delay.percentile(99) / 1e6
    this.#delay.reset()
    return {
      ...(before ? counted(before, now) : {}),
      ...asked(figures),
      ...(await this.#named.sample(named)),
      'plugins.restarts': this.#restarts.note(restartsOf(figures), now.atMs),
      'process.eventLoop': Number.isFinite(eventLoopMs) ? rounded(eventLoopMs) : null,
      'process.heap': heapUsed,
      'process.memory': rss,
    }
  }

  stop(): void {
    this.#delay.disable()
  }
}
