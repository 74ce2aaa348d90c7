import { linesOfRequest, type Logger } from '../log/index.ts'
import type { Metrics } from '../metrics/index.ts'
import type { TracePart, Tracing } from '../tracing/index.ts'
import type { TraceKind, TraceStore } from './trace-store.ts'

/** So many of a kind in a second; the rest of that second is forgotten, lest tracing be what is slow. */
const PER_SECOND = { recent: 2, slow: 5, failed: 5 } as const
const LINES_MAX = 50

export interface KeepOptions {
  readonly tracing: Tracing
  readonly store: TraceStore
  readonly metrics: Metrics
  readonly node: string
  readonly log: Logger
}

/** Chooses what is kept of all that was recorded: what failed, what was slow, and a sample of everything else. */
export function keepTraces({ tracing, store, metrics, node, log }: KeepOptions): { stop(): void } {
  let second = 0
  let kept: Record<TraceKind, number> = { recent: 0, slow: 0, failed: 0 }
  let isStopped = false

  function hasRoom(kind: TraceKind): boolean {
    const now = Math.floor(performance.now() / 1_000)
    if (now !== second) kept = { recent: 0, slow: 0, failed: 0 }
    second = now
    kept[kind] += 1
    return kept[kind] <= PER_SECOND[kind]
  }

  tracing.onTrace((part: TracePart) => {
    if (isStopped) return
    const { root } = part
    const isSlow = root.durationMs >= tracing.slowMs && root.attributes['cambium.kind'] !== 'job'
    const kinds: TraceKind[] = root.isFailed ? ['failed'] : []
    if (isSlow) kinds.push('slow')
    const chosen = [...kinds, 'recent' as const].filter(hasRoom)
    metrics.count('traces', { outcome: chosen.length > 0 ? 'kept' : 'forgotten' })
    if (chosen.length === 0) return
    const lines = linesOfRequest(part.traceId).slice(0, LINES_MAX)
    store.keep(chosen, { ...part, node, lines }).catch((error: unknown) => {
      if (!isStopped) log.warn('a trace could not be kept', { error })
    })
  })
  return {
    stop: () => {
      isStopped = true
    },
  }
}
