import { TraceFlags, type SpanContext } from '@opentelemetry/api'
import { parseTraceParent } from '@opentelemetry/core'

/** What a W3C `traceparent` header says; undefined for anything else. Whether it is recorded is decided here, not there. */
export function readTraceparent(header: unknown): SpanContext | undefined {
  if (typeof header !== 'string' || header.length > 200) return undefined
  const told = parseTraceParent(header.trim())
  return told ? { ...told, traceFlags: TraceFlags.NONE, isRemote: true } : undefined
}
