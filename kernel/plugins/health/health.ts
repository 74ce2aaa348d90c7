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

/** Counts the calls of one generation. Both are a few dozen nanoseconds. */
export interface CallCounter {
  began(): number
  ended(beganMs: number, error?: unknown): void
}

/** What operators see of running plugins: figures, and the last lines of their logs. */
export interface Health {
  /** From now on the plugin's figures are this generation's. */
  open(generation: Generation): CallCounter
  /** The plugin serves no more; the log stays. */
  close(pluginId: string): void
  list(): readonly PluginHealth[]
  show(pluginId: string): PluginHealth
  logBeside(log: Logger): Logger
  lines(pluginId: string, limit: number): readonly LogLine[]
  stop(): void
}

interface Figures {
  readonly generation: Generation
  readonly since: string
  readonly latencies: Latencies
  requests: number
  errors: number
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
        ...{
          generation,
          since: new Date().toISOString(),
          latencies: new Latencies(),
          requests: 0,
          errors: 0,
        },
      }
      serving.set(generation.pluginId, figures)
      return {
        began: () => performance.now(),
        ended: (beganMs, error) => {
          const now = performance.now()
          figures.requests += 1
          if (error !== undefined && isFault(error)) figures.errors += 1
          figures.latencies.add(now, now - beganMs)
        },
      }
    },
    close: (pluginId) => void serving.delete(pluginId),
    list,
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
    ...{ pluginId, tier, generation: number, state: isRunning ? 'serving' : 'restarting' },
    ...{ requests, errors, p50Ms, p95Ms, heapBytes, restarts, since },
    lastFault: lastFault && {
      kind: lastFault.kind,
      message: lastFault.message,
      at: lastFault.at.toISOString(),
    },
  }
}

function stopped(pluginId: string): PluginHealth {
  return {
    ...{ pluginId, tier: null, generation: null, state: 'stopped', requests: 0, errors: 0 },
    ...{ p50Ms: null, p95Ms: null, heapBytes: null, restarts: 0, since: null, lastFault: null },
  }
}
