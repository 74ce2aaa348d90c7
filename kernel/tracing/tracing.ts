import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  RandomIdGenerator,
  SamplingDecision,
  TracerProvider,
  type Sampler,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace'
import { fail, withTracer } from './active.ts'
import { TraceBuffer, type TracePart } from './trace-buffer.ts'
import { readTraceparent } from './traceparent.ts'

export interface TracingOptions {
  readonly node?: string | undefined
  /** The share of requests whose steps are recorded, 0 to 1; those that fail or are slow are noted in any case. */
  readonly ratio?: number
  /** From here on a request counts as slow. */
  readonly slowMs?: number
  /** Spans are sent to `<endpoint>/v1/traces` as OTLP over HTTP. */
  readonly otlpEndpoint?: string | undefined
}

export interface BeginOptions {
  readonly kind: 'request' | 'job' | 'delivery'
  /** A caller's W3C header: then its trace goes on. */
  readonly traceparent?: unknown
  readonly attributes?: Attributes
}

/** What is begun: its id, and a name and facts that are only known later. */
export interface Begun {
  readonly requestId: string
  name(name: string): void
  set(attributes: Attributes): void
  fail(error: unknown): void
}

export interface Tracing {
  readonly slowMs: number
  /** Runs `work` as the first step of a trace, or as the first one here of a caller's. */
  begin<T>(name: string, options: BeginOptions, work: (begun: Begun) => Promise<T>): Promise<T>
  /** Goes on with what another process or thread of this platform has begun. */
  resume<T>(traceparent: string | undefined, work: () => T): T
  /** Told of every trace that was recorded here, when its request is over. */
  onTrace(take: (part: TracePart) => void): void
  /** Sends what waits. */
  flush(): Promise<void>
  stop(): Promise<void>
}

const SLOW_MS = 500
const ATTRIBUTE_LENGTH_MAX = 2_000
const EXPORT_EVERY_MS = 2_000

/** By the trace's id, so that every part of a trace is recorded or none; what is over when it turns out bad, at once. */
function samplerOf(ratio: number): Sampler {
  const limit = Math.floor(Math.min(1, Math.max(0, ratio)) * 0x1_0000_0000)
  const chosen = (traceId: string): boolean => Number.parseInt(traceId.slice(24), 16) < limit
  return {
    shouldSample: (parent: Context, traceId: string, _name, _kind, attributes) => {
      const above = trace.getSpanContext(parent)
      const isRecorded =
        attributes['cambium.noted'] === true ||
        (above && !above.isRemote ? (above.traceFlags & TraceFlags.SAMPLED) !== 0 : chosen(traceId))
      return { decision: isRecorded ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD }
    },
    toString: () => `Cambium{${ratio}}`,
  }
}

function processorsOf(endpoint: string | undefined, buffer: SpanProcessor): SpanProcessor[] {
  if (!endpoint) return [buffer]
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })
  return [buffer, new BatchSpanProcessor({ exporter, scheduledDelayMillis: EXPORT_EVERY_MS })]
}

export function createTracing(options: TracingOptions = {}): Tracing {
  const { node = 'local', ratio = 1, slowMs = SLOW_MS, otlpEndpoint } = options
  const takers: ((part: TracePart) => void)[] = []
  const buffer = new TraceBuffer((part) => takers.forEach((take) => take(part)))
  const ids = new RandomIdGenerator()
  const provider = new TracerProvider({
    sampler: samplerOf(ratio),
    idGenerator: ids,
    spanLimits: { attributeValueLengthLimit: ATTRIBUTE_LENGTH_MAX, eventCountLimit: 20 },
    resource: resourceFromAttributes({
      'service.name': 'cambium-kernel',
      'service.instance.id': node,
    }),
    spanProcessors: processorsOf(otlpEndpoint, buffer),
  })
  const tracer = provider.getTracer('cambium')
  const root = withTracer(ROOT_CONTEXT, tracer)

  /** It was not recorded and has turned out slow or failed: then this one step is. */
  function note(
    name: string,
    { parent, spanContext }: { parent: Context; spanContext: SpanContext },
    facts: { startTime: number; attributes: Attributes; error?: unknown; endTime: number; kind: SpanKind },
  ): void {
    const above = trace.getSpanContext(parent) ?? {
      ...spanContext,
      spanId: '0000000000000001',
      isRemote: true,
    }
    const { startTime, attributes, kind } = facts
    const span = tracer.startSpan(
      name,
      { kind, startTime, attributes: { ...attributes, 'cambium.noted': true } },
      trace.setSpanContext(root, { ...above, isRemote: true }),
    )
    if (facts.error !== undefined) fail(span, facts.error)
    span.end(facts.endTime)
  }

  async function begin<T>(
    name: string,
    { kind, traceparent, attributes = {} }: BeginOptions,
    work: (begun: Begun) => Promise<T>,
  ): Promise<T> {
    const told = readTraceparent(traceparent)
    const parent = told ? trace.setSpanContext(root, told) : root
    const spanKind = kind === 'request' ? SpanKind.SERVER : SpanKind.INTERNAL
    const span = tracer.startSpan(
      name,
      { kind: spanKind, attributes: { 'cambium.kind': kind, ...attributes } },
      parent,
    )
    const spanContext = span.spanContext()
    const isRecorded = span.isRecording()
    const startTime = performance.timeOrigin + performance.now()
    const later: { name: string; attributes: Attributes; error?: unknown } = {
      name,
      attributes: { 'cambium.kind': kind, ...attributes },
    }
    const begun: Begun = {
      requestId: spanContext.traceId,
      name: (known) => {
        later.name = known
        span.updateName(known)
      },
      set: (facts) => {
        if (isRecorded) span.setAttributes(facts)
        else Object.assign(later.attributes, facts)
      },
      fail: (error) => {
        later.error = error
        fail(span, error)
      },
    }
    try {
      return await context.with(trace.setSpan(parent, span), () => work(begun))
    } catch (error) {
      begun.fail(error)
      throw error
    } finally {
      span.end()
      const endTime = performance.timeOrigin + performance.now()
      const isBad = later.error !== undefined || endTime - startTime >= slowMs
      if (!isRecorded && isBad) {
        note(later.name, { parent, spanContext }, { ...later, startTime, endTime, kind: spanKind })
      }
    }
  }

  return {
    slowMs,
    begin,
    resume(traceparent, work) {
      const told = readTraceparent(traceparent)
      if (!told) return work()
      const isRecorded = traceparent?.endsWith('1') ?? false
      const traceFlags = isRecorded ? TraceFlags.SAMPLED : TraceFlags.NONE
      const above: SpanContext = { ...told, traceFlags, isRemote: false }
      return context.with(trace.setSpan(root, recordingAs(above, isRecorded)), work)
    },
    onTrace: (take) => void takers.push(take),
    flush: () => provider.forceFlush(),
    stop: () => provider.shutdown().catch(() => undefined),
  }
}

/** Stands for a span that somebody else ends; below it, steps are recorded as below the span itself. */
function recordingAs(spanContext: SpanContext, isRecorded: boolean): Span {
  const span = trace.wrapSpanContext(spanContext)
  return isRecorded ? Object.assign(span, { isRecording: () => true }) : span
}
