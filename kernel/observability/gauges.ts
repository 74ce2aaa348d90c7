import type { Metrics } from '../metrics/index.ts'
import type { Figures } from './figures.ts'

function pluginGauges(metrics: Metrics, { health, contributions, quarantined }: Figures['plugins']): void {
  const ids = [
    'pluginUp',
    'pluginHeap',
    'pluginLatency',
    'pluginRestarts',
    'pluginCalls',
    'pluginSeconds',
    'pluginQuarantined',
  ] as const
  for (const id of ids) metrics.clear(id)
  for (const { pluginId: plugin, tier, state, heapBytes, restarts, p50Ms, p95Ms } of health) {
    metrics.set('pluginUp', { plugin, tier: tier ?? 'inline' }, state === 'serving' ? 1 : 0)
    metrics.count('pluginRestarts', { plugin }, restarts)
    if (heapBytes !== null) metrics.set('pluginHeap', { plugin }, heapBytes)
    for (const [quantile, ms] of [
      ['0.5', p50Ms],
      ['0.95', p95Ms],
    ] as const) {
      if (ms !== null) metrics.set('pluginLatency', { plugin, quantile }, ms / 1_000)
    }
  }
  for (const { pluginId: plugin, kind, id: contribution, calls, errors, seconds } of contributions) {
    metrics.count('pluginCalls', { plugin, kind, contribution, outcome: 'ok' }, calls - errors)
    metrics.count('pluginCalls', { plugin, kind, contribution, outcome: 'failed' }, errors)
    metrics.count('pluginSeconds', { plugin, kind, contribution }, seconds)
  }
  for (const plugin of quarantined) metrics.set('pluginQuarantined', { plugin }, 1)
}

function engineGauges(metrics: Metrics, { engines, followers }: Figures['engines']): void {
  for (const { shard, isUp, seq, queueBytes, syncMs, standbyLag } of engines) {
    metrics.set('engineUp', { shard }, isUp ? 1 : 0)
    if (seq !== null) metrics.set('engineSeq', { shard }, seq)
    if (queueBytes !== null) metrics.set('engineQueue', { shard }, queueBytes)
    if (syncMs !== null) metrics.set('engineSync', { shard }, syncMs / 1_000)
    if (standbyLag !== null) metrics.set('engineStandbyLag', { shard }, standbyLag)
  }
  metrics.clear('followerLag')
  for (const { name, lag } of followers) metrics.set('followerLag', { follower: name }, lag)
}

function workGauges(metrics: Metrics, { jobs, listeners }: Figures): void {
  metrics.set('jobsWaiting', undefined, jobs.waiting)
  metrics.set('jobsRunning', undefined, jobs.running)
  metrics.clear('jobFailures')
  for (const [job, runs] of Object.entries(jobs.failing)) metrics.set('jobFailures', { job }, runs)
  for (const id of ['eventsWaiting', 'eventsLag', 'eventsFailed'] as const) metrics.clear(id)
  for (const { listener, waiting, failed, lagSeconds } of listeners) {
    metrics.set('eventsWaiting', { listener }, waiting)
    metrics.set('eventsFailed', { listener }, failed)
    metrics.set('eventsLag', { listener }, lagSeconds)
  }
}

/** Puts what was asked for where Prometheus finds it. */
export function setGauges(metrics: Metrics, figures: Figures): void {
  const { pool, redis, sockets, diskFree, nodes, ledger } = figures
  pluginGauges(metrics, figures.plugins)
  engineGauges(metrics, figures.engines)
  workGauges(metrics, figures)
  metrics.set('databaseUp', undefined, figures.isDatabaseUp ? 1 : 0)
  metrics.set('poolUsed', undefined, pool.used)
  metrics.set('poolFree', undefined, pool.free)
  metrics.set('poolWaiting', undefined, pool.waiting)
  metrics.set('redisUp', undefined, redis ? 1 : 0)
  if (redis) metrics.set('redisSeconds', undefined, redis.ms / 1_000)
  if (redis) metrics.set('redisMemory', undefined, redis.memoryBytes)
  metrics.set('sockets', undefined, sockets.connections)
  metrics.set('endpoints', undefined, sockets.endpoints)
  if (diskFree !== null) metrics.set('diskFree', undefined, diskFree)
  metrics.set('nodes', undefined, nodes.present.length)
  metrics.set('ledgerBreaks', undefined, ledger?.breaks ?? -1)
  if (ledger) metrics.set('ledgerCheckAge', undefined, (Date.now() - Date.parse(ledger.at)) / 1_000)
}
