import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import type { Implementation, Logger } from '../broker/index.ts'
import type { PermissionDeclaration } from '../contract/index.ts'
import type { WatchedDatabase } from '../database/index.ts'
import type { Readiness } from '../gateway/index.ts'
import type { JobPublication } from '../jobs/index.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Nodes } from '../nodes/index.ts'
import type { Tracing } from '../tracing/index.ts'
import { createFigures, LEDGER_KEY, type FiguresParts, type LedgerVerdict } from './figures.ts'
import { setGauges } from './gauges.ts'
import { createHistory, type Point } from './history.ts'
import { joinValues, type Values } from '../metrics/index.ts'
import type { Channels } from '../channels.ts'
import { keepTraces } from './keep-traces.ts'
import { answerNodes, observabilityImplementations } from './observability.service.ts'
import { createPresence } from './presence.ts'
import { createReadiness } from './readiness.ts'
import type { Overview } from './routes.ts'
import { RouteWindow } from './route-window.ts'
import { Sampler } from './sampler.ts'
import { createTraceStore } from './trace-store.ts'

export interface ObservabilityOptions extends Omit<FiguresParts, 'presence' | 'watched'> {
  readonly database: Knex
  readonly redis: Redis
  readonly watched: WatchedDatabase
  readonly metrics: Metrics
  readonly tracing: Tracing
  readonly nodes: Nodes
  readonly isInPool: () => boolean
  readonly ledger: { check(): Promise<{ readonly breaks: readonly unknown[] }> }
  readonly realtime: Channels
  readonly jobs: { publish(publication: JobPublication): unknown }
  /** Metrics that are sampled by name: those of plugins, and those rules watch. */
  readonly watchedMetrics: () => Promise<ReadonlySet<string>>
  readonly pluginMetrics: () => Overview['pluginMetrics']
  readonly log: Logger
}

export interface Observability {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  ready(): Promise<Readiness>
  expose(): Promise<string>
  /** What all nodes said last, as one. */
  latest(): Promise<Values>
  /** Samples now rather than with the next turn: for tests and the first look. */
  sample(): Promise<void>
  /** Told after each sample of this node. */
  onSample(listener: () => void): void
  start(): Promise<void>
  /** This node is ready no more; requests under way go on. */
  stopping(): void
  stop(): Promise<void>
}

const SAMPLE_MS = 10_000
const CHANNEL = 'observability.points'
const LEDGER_JOB = 'observability.ledgerCheck'

function ledgerJob({ ledger, redis }: Pick<ObservabilityOptions, 'ledger' | 'redis'>): JobPublication {
  return {
    owner: 'observability',
    jobs: [{ name: LEDGER_JOB, title: 'Check the books', everyMs: 5 * 60_000, attempts: 1 }],
    handlers: {
      [LEDGER_JOB]: async ({ log }) => {
        const { breaks } = await ledger.check()
        const verdict: LedgerVerdict = { breaks: breaks.length, at: new Date().toISOString() }
        await redis.set(LEDGER_KEY, JSON.stringify(verdict))
        log(breaks.length === 0 ? 'The books balance.' : `${breaks.length} things are not as they must be.`)
        return verdict
      },
    },
  }
}

/** What operators see of the running platform, what programs ask of it, and what alerts watch. */
export function createObservability(options: ObservabilityOptions): Observability {
  const { redis, metrics, tracing, nodes, realtime, log, watched } = options
  const presence = createPresence(redis, nodes.id)
  const figures = createFigures({ ...options, presence })
  const history = createHistory(redis, nodes.id)
  const traces = createTraceStore(redis)
  const window = new RouteWindow(metrics)
  const sampler = new Sampler(metrics)
  const listeners: (() => void)[] = []
  const readiness = createReadiness({
    ...options,
    enginesAway: async () => {
      const { engines } = (await figures()).engines
      return engines.filter(({ isUp }) => !isUp).map(({ shard }) => shard)
    },
  })
  const keeping = keepTraces({ tracing, store: traces, metrics, node: nodes.id, log })
  let sampling: NodeJS.Timeout | undefined
  let current: Promise<void> | undefined

  async function take(): Promise<void> {
    await presence.say()
    await window.turn()
    const values = await sampler.sample(await figures(), await options.watchedMetrics())
    const point: Point = { at: Date.now(), values }
    await history.add(point)
    realtime.publish(CHANNEL, 'all', { at: new Date(point.at).toISOString(), node: nodes.id })
    for (const listener of listeners) listener()
  }

  /** One at a time, and a failure is tried again with the next turn. */
  function sample(): Promise<void> {
    current ??= take()
      .catch((error: unknown) => log.warn('the figures could not be sampled', { error }))
      .finally(() => {
        current = undefined
      })
    return current
  }

  const latest = async (): Promise<Values> => {
    const { present } = await presence.list()
    return joinValues((await history.latest(present)).map(({ values }) => values))
  }

  metrics.onCollect(async () => setGauges(metrics, await figures()))
  const channel = { name: CHANNEL, access: 'observability.figures.read' } as const
  realtime.provide('observability', channel, async () => null)
  options.jobs.publish(ledgerJob(options))
  answerNodes({ nodes, window })

  return {
    implementations: observabilityImplementations({
      nodes,
      watched,
      figures,
      history,
      traces,
      window,
      ready: () => readiness.ready(),
      pluginMetrics: options.pluginMetrics,
    }),
    permissions: [
      { id: 'observability.figures.read', title: 'See figures, traces and log lines', roles: ['admin'] },
    ],
    ready: () => readiness.ready(),
    expose: () => metrics.expose(),
    latest,
    sample,
    onSample: (listener) => void listeners.push(listener),
    async start() {
      readiness.phase = 'serving'
      await sample()
      sampling = setInterval(() => void sample(), SAMPLE_MS)
      sampling.unref()
    },
    stopping() {
      readiness.phase = 'stopping'
    },
    async stop() {
      clearInterval(sampling)
      keeping.stop()
      sampler.stop()
      await current
      await presence.leave()
      await tracing.stop()
    },
  }
}
