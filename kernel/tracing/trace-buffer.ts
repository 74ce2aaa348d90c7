import { SpanKind, SpanStatusCode, type Attributes, type HrTime } from '@opentelemetry/api'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'

/** One step of a trace as it is kept and shown. */
export interface TraceSpan {
  readonly spanId: string
  readonly parentId: string | null
  readonly name: string
  readonly kind: 'server' | 'client' | 'internal'
  /** Milliseconds since the epoch, with fractions. */
  readonly startMs: number
  readonly durationMs: number
  readonly isFailed: boolean
  readonly error?: string
  readonly attributes: Readonly<Record<string, string | number | boolean>>
}

/** What one process did for one request, job or delivery. */
export interface TracePart {
  readonly traceId: string
  readonly root: TraceSpan
  readonly spans: readonly TraceSpan[]
  /** Steps that were left out, of a request with very many. */
  readonly dropped: number
}

const SPANS_MAX = 300
const OPEN_MAX = 2_000

interface Open {
  readonly spans: TraceSpan[]
  dropped: number
  roots: number
}

const kinds: Partial<Record<SpanKind, TraceSpan['kind']>> = {
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
}

function milliseconds([seconds, nanos]: HrTime): number {
  return Math.round(seconds * 1e6 + nanos / 1e3) / 1e3
}

function plain(attributes: Attributes): TraceSpan['attributes'] {
  const entries = Object.entries(attributes).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [[name, value]]
      : [],
  )
  return Object.fromEntries(entries) as TraceSpan['attributes']
}

function spanOf(span: ReadableSpan): TraceSpan {
  const { status } = span
  return {
    spanId: span.spanContext().spanId,
    parentId: span.parentSpanContext?.spanId ?? null,
    name: span.name,
    kind: kinds[span.kind] ?? 'internal',
    startMs: milliseconds(span.startTime),
    durationMs: milliseconds(span.duration),
    isFailed: status.code === SpanStatusCode.ERROR,
    ...(status.message === undefined ? {} : { error: status.message }),
    attributes: plain(span.attributes),
  }
}

function isRoot({ parentSpanContext }: ReadableSpan): boolean {
  return parentSpanContext === undefined || parentSpanContext.isRemote === true
}

/** Holds the steps of what is being done until it is done, and hands them on together. */
export class TraceBuffer implements SpanProcessor {
  readonly #open = new Map<string, Open>()
  readonly #take: (part: TracePart) => void

  constructor(take: (part: TracePart) => void) {
    this.#take = take
  }

  onStart(span: ReadableSpan): void {
    if (!isRoot(span)) return
    const { traceId } = span.spanContext()
    const open = this.#open.get(traceId)
    if (open) open.roots += 1
    else if (this.#open.size < OPEN_MAX) this.#open.set(traceId, { spans: [], dropped: 0, roots: 1 })
  }

  onEnd(span: ReadableSpan): void {
    const { traceId } = span.spanContext()
    const open = this.#open.get(traceId)
    // What goes on after its request was answered is not kept.
    if (!open) return
    if (!isRoot(span)) {
      if (open.spans.length < SPANS_MAX) open.spans.push(spanOf(span))
      else open.dropped += 1
      return
    }
    const root = spanOf(span)
    open.roots -= 1
    if (open.roots > 0) {
      open.spans.push(root)
      return
    }
    this.#open.delete(traceId)
    this.#take({ traceId, root, spans: [root, ...open.spans], dropped: open.dropped })
  }

  forceFlush(): Promise<void> {
    return Promise.resolve()
  }

  shutdown(): Promise<void> {
    this.#open.clear()
    return Promise.resolve()
  }
}
