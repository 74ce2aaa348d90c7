import {
  context,
  createContextKey,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'

// One for the process: several kernels in it (as in tests) have a tracer each, which travels in the context.
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())

const tracerKey = createContextKey('cambium.tracer')

export function withTracer(base: Context, tracer: Tracer): Context {
  return base.setValue(tracerKey, tracer)
}

/** The id of the request, job or delivery that is being worked on; undefined outside of one. It is the trace's id. */
export function activeRequestId(): string | undefined {
  return trace.getSpanContext(context.active())?.traceId
}

/** W3C `traceparent` of what is being done, for whoever goes on with it elsewhere. */
export function activeTraceparent(): string | undefined {
  const active = trace.getSpanContext(context.active())
  return active && `00-${active.traceId}-${active.spanId}-0${active.traceFlags & 1}`
}

/** True while what is being done is recorded: details that cost something to put together need not be for nobody. */
export function isTraced(): boolean {
  return trace.getSpan(context.active())?.isRecording() ?? false
}

/** How an error of `work` counts: what was refused is an answer, a bug is a failure. */
export function fail(span: Span, error: unknown): void {
  const { code, type, message } = error as { code?: unknown; type?: unknown; message?: unknown }
  const isRefused = typeof code === 'number' && code < 500
  if (typeof type === 'string') span.setAttribute('error.type', type)
  if (!isRefused) span.setStatus({ code: SpanStatusCode.ERROR, message: String(message).slice(0, 500) })
}

interface SpanOptions {
  readonly kind?: 'internal' | 'client'
  /** Said when it is over. */
  readonly ended?: (span: Span) => void
}

/**
 * `work` as a step of what is being done. Outside of a recorded request it costs next to nothing: then `work` just runs.
 */
export function traced<T>(
  name: string,
  attributes: Attributes,
  work: () => Promise<T>,
  options: SpanOptions = {},
): Promise<T> {
  const base = context.active()
  const tracer = base.getValue(tracerKey) as Tracer | undefined
  if (!tracer || !trace.getSpan(base)?.isRecording()) return work()
  const kind = options.kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL
  const span = tracer.startSpan(name, { kind, attributes }, base)
  return context.with(trace.setSpan(base, span), () => finish(span, work, options.ended))
}

export async function finish<T>(
  span: Span,
  work: () => Promise<T>,
  ended?: (span: Span) => void,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    fail(span, error)
    throw error
  } finally {
    ended?.(span)
    span.end()
  }
}

/** A step that others timed, such as a statement or what an engine did: in milliseconds of `performance.now()`. */
export function tracedAt(
  name: string,
  attributes: Attributes,
  { beganMs, endedMs, error }: { beganMs: number; endedMs: number; error?: unknown },
): void {
  const base = context.active()
  const tracer = base.getValue(tracerKey) as Tracer | undefined
  if (!tracer || !trace.getSpan(base)?.isRecording()) return
  const origin = performance.timeOrigin
  const span = tracer.startSpan(
    name,
    { kind: SpanKind.CLIENT, attributes, startTime: origin + beganMs },
    base,
  )
  if (error !== undefined) fail(span, error)
  span.end(origin + endedMs)
}

/** A function that runs its work within what is being done now, whenever and by whomever it is called. */
export function bound(): <T>(work: () => T) => T {
  const base = context.active()
  return (work) => context.with(base, work)
}
