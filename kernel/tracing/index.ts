export { activeRequestId, activeTraceparent, bound, isTraced, traced, tracedAt } from './active.ts'
export { Passages } from './passages.ts'
export type { TracePart, TraceSpan } from './trace-buffer.ts'
export { createTracing, type Begun, type Tracing, type TracingOptions } from './tracing.ts'
