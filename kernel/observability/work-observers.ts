import type { CallObserver } from '../broker/index.ts'
import type { AroundDelivery } from '../events/index.ts'
import type { AroundRun } from '../jobs/index.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Tracing } from '../tracing/index.ts'
import { SLOW_STATEMENT_MS } from '../database/index.ts'

/** A refusal is an answer: only what nobody expected has failed. */
function outcomeOf(error: unknown): 'ok' | 'refused' | 'failed' {
  if (error === undefined) return 'ok'
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'number' && code < 500 ? 'refused' : 'failed'
}

/** Counts what the parts of the kernel do, and begins a trace where work begins that nobody asked for over HTTP. */
export function workObservers(metrics: Metrics, tracing: Tracing) {
  const call: CallObserver = (action, durationMs, error) => {
    const owner = action.slice(0, action.indexOf('.'))
    metrics.count('brokerCalls', { owner, outcome: outcomeOf(error) })
    metrics.observe('brokerDuration', { owner }, durationMs / 1_000)
  }
  const run: AroundRun = async ({ name, owner, runId }, work) => {
    const beganMs = performance.now()
    let outcome = 'failed'
    const attributes = { 'cambium.job': name, 'cambium.run': runId, 'cambium.owner': owner }
    try {
      const answer = await tracing.begin(`job ${name}`, { kind: 'job', attributes }, () => work())
      outcome = 'ok'
      return answer
    } finally {
      metrics.count('jobRuns', { job: name, outcome })
      metrics.observe('jobDuration', { job: name }, (performance.now() - beganMs) / 1_000)
    }
  }
  const delivery: AroundDelivery = ({ event, listener }, work) => {
    const attributes = { 'cambium.event': event, 'cambium.owner': listener }
    return tracing.begin(`event ${event} to ${listener}`, { kind: 'delivery', attributes }, () => work())
  }
  return {
    call,
    run,
    delivery,
    statement: (operation: string, durationMs: number, error?: unknown): void => {
      metrics.observe('queries', { operation }, durationMs / 1_000)
      if (durationMs >= SLOW_STATEMENT_MS) metrics.count('slowQueries', undefined)
      if (error !== undefined) metrics.count('queryErrors', undefined)
    },
    command: (
      shard: string,
      { commands, durationMs, isAnswered }: { commands: number; durationMs: number; isAnswered: boolean },
    ): void => {
      metrics.count('engineCommands', { shard, outcome: isAnswered ? 'answered' : 'unavailable' }, commands)
      metrics.observe('engineDuration', { shard }, durationMs / 1_000)
    },
  }
}
