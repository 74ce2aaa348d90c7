import type { Logger } from '../../broker/index.ts'
import { Refusal } from '../../contract/index.ts'
import type { Generation } from '../generation.ts'
import type { PluginHealth } from '../routes/health.ts'
import { Latencies } from './latencies.ts'
import { LogTail, type LogLine } from './log-tail.ts'

const CHANNEL = 'plugins.health'
const KEY = 'all'
const PUBLISH_MS = 1_000

export interface HealthRealtime {
  publish(name: string, key: string, message: unknown): void
  /** Somebody is subscribed. */
  isWatched(name: string, key: string): boolean
}

export type ContributionKind = 'route' | 'job' | 'listener' | 'filter' | 'strategy'

/** Counts the calls of one generation, by contribution. Both are a few dozen nanoseconds. */
export interface CallCounter {
  began(): number
  ended(call: CountedCall, error?: unknown): void
}

export interface CountedCall {
  readonly kind: ContributionKind
  /** A route's action, or the name or id the manifest declares. */
  readonly id: string
  readonly beganMs: number
}

/** What one contribution did since its generation began to serve. */
export interface ContributionFigures {
  readonly pluginId: string
  readonly kind: ContributionKind
  readonly id: string
  readonly calls: number
  readonly errors: number
  readonly seconds: number
}

/** What operators see of running plugins: figures, and the last lines of their logs. */
export interface Health {
  /** From now on the plugin's figures are this generation's. */
  open(generation: Generation): CallCounter
  /** The plugin serves no more; the log stays. */
  close(pluginId: string): void
  list(): readonly PluginHealth[]
  contributions(): readonly ContributionFigures[]
  show(pluginId: string): PluginHealth
  logBeside(log: Logger): Logger
  lines(pluginId: string, limit: number): readonly LogLine[]
  stop(): void
}

interface Figures {
  readonly generation: Generation
  readonly since: string
  readonly latencies: Latencies
  readonly contributions: Map<string, Counted>
  requests: number
  errors: number
}

interface Counted {
  readonly kind: ContributionKind
  readonly id: string
  calls: number
  errors: number
  seconds: number
}

function count(figures: Figures, { kind, id }: CountedCall, durationMs: number, isFailed: boolean): void {
  const key = `${kind} ${id}`
  const counted = figures.contributions.get(key) ?? { kind, id, calls: 0, errors: 0, seconds: 0 }
  figures.contributions.set(key, counted)
  counted.calls += 1
  counted.seconds += durationMs / 1_000
  if (isFailed) counted.errors += 1
}

export function createHealth(realtime: HealthRealtime): Health {
  const serving = new Map<string, Figures>()
  const tail = new LogTail()
  const publishing = setInterval(() => {
    if (realtime.isWatched(CHANNEL, KEY)) realtime.publish(CHANNEL, KEY, { items: list() })
  }, PUBLISH_MS)
  publishing.unref()

  const list = (): PluginHealth[] => [...serving.values()].map(healthOf)

  return {
    open: (generation) => {
      const figures: Figures = {
        generation,
        since: new Date().toISOString(),
        latencies: new Latencies(),
        contributions: new Map(),
        requests: 0,
        errors: 0,
      }
      serving.set(generation.pluginId, figures)
      return {
        began: () => performance.now(),
        ended: (call, error) => {
          const now = performance.now()
          const isFailed = error !== undefined && isFault(error)
          count(figures, call, now - call.beganMs, isFailed)
          if (call.kind !== 'route') return
          figures.requests += 1
          if (isFailed) figures.errors += 1
          figures.latencies.add(now, now - call.beganMs)
        },
      }
    },
    close: (pluginId) => void serving.delete(pluginId),
    list,
    contributions: () =>
      [...serving].flatMap(([pluginId, { contributions }]) =>
        [...contributions.values()].map((counted) => ({ pluginId, ...counted })),
      ),
    show: (pluginId) => {
      const figures = serving.get(pluginId)
      return figures ? healthOf(figures) : stopped(pluginId)
    },
    logBeside: (log) => tail.beside(log),
    lines: (pluginId, limit) => tail.read(pluginId, limit),
    stop: () => clearInterval(publishing),
  }
}

/** A refusal is an answer like any other, unless it says that something is broken. */
function isFault(error: unknown): boolean {
  return !(error instanceof Refusal) || error.code >= 500
}

function healthOf({ generation, since, latencies, requests, errors }: Figures): PluginHealth {
  const { pluginId, tier, number } = generation
  const { heapBytes, restarts, lastFault, isRunning } = generation.vitals()
  const [p50Ms = null, p95Ms = null] = latencies.percentiles(performance.now(), [0.5, 0.95])
  return {
    pluginId,
    tier,
    generation: number,
    state: isRunning ? 'serving' : 'restarting',
    requests,
    errors,
    p50Ms,
    p95Ms,
    heapBytes,
    restarts,
    since,
    lastFault: lastFault && {
      kind: lastFault.kind,
      message: lastFault.message,
      at: lastFault.at.toISOString(),
    },
  }
}

function stopped(pluginId: string): PluginHealth {
  return {
    pluginId,
    tier: null,
    generation: null,
    state: 'stopped',
    requests: 0,
    errors: 0,
    p50Ms: null,
    p95Ms: null,
    heapBytes: null,
    restarts: 0,
    since: null,
    lastFault: null,
  }
}
