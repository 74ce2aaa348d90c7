import type { CommandTrace, EngineTimes } from '@cambium/engine'
import { activeRequestId, bound, isTraced, tracedAt } from '../tracing/index.ts'

/** The request's id for the engine, and its times as steps of the trace. Undefined while nothing is recorded. */
export function engineTrace(): CommandTrace | undefined {
  const id = activeRequestId()
  if (id === undefined || !isTraced()) return undefined
  const within = bound()
  const beganMs = performance.now()
  return { id, onTimes: (times) => within(() => note(times, beganMs)) }
}

/** The engine's clock is another one: its part is put in the middle of the time the command was on its way. */
function note({ applyMs, journalMs }: EngineTimes, sentMs: number): void {
  const nowMs = performance.now()
  const appliesMs = sentMs + Math.max(0, nowMs - sentMs - applyMs - journalMs) / 2
  const journalsMs = appliesMs + applyMs
  tracedAt('engine apply', {}, { beganMs: appliesMs, endedMs: journalsMs })
  tracedAt('engine journal', {}, { beganMs: journalsMs, endedMs: journalsMs + journalMs })
}
