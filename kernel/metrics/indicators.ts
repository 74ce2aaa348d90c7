/** A figure that pages draw and alerts watch. Some have a value for each of several subjects. */
export interface Indicator {
  readonly id: string
  readonly unit: 'perSecond' | 'ratio' | 'ms' | 'bytes' | 'count' | 'seconds'
  /** How the values of several nodes become one. */
  readonly across: 'sum' | 'max' | 'min'
  /** What the subjects are: plugins, jobs, listeners, shards or nodes. */
  readonly by?: 'plugin' | 'job' | 'listener' | 'shard' | 'node' | 'metric'
}

export const indicators = [
  { id: 'http.rate', unit: 'perSecond', across: 'sum' },
  { id: 'http.errorRate', unit: 'perSecond', across: 'sum' },
  { id: 'http.errorShare', unit: 'ratio', across: 'max' },
  { id: 'http.p50', unit: 'ms', across: 'max' },
  { id: 'http.p95', unit: 'ms', across: 'max' },
  { id: 'http.p99', unit: 'ms', across: 'max' },
  { id: 'process.eventLoop', unit: 'ms', across: 'max' },
  { id: 'process.heap', unit: 'bytes', across: 'sum' },
  { id: 'process.memory', unit: 'bytes', across: 'sum' },
  { id: 'process.processor', unit: 'ratio', across: 'max' },
  { id: 'realtime.connections', unit: 'count', across: 'sum' },
  { id: 'database.rate', unit: 'perSecond', across: 'sum' },
  { id: 'database.p95', unit: 'ms', across: 'max' },
  { id: 'database.connections', unit: 'count', across: 'sum' },
  { id: 'database.waiting', unit: 'count', across: 'sum' },
  { id: 'database.down', unit: 'count', across: 'max' },
  { id: 'redis.ping', unit: 'ms', across: 'max' },
  { id: 'redis.memory', unit: 'bytes', across: 'max' },
  { id: 'redis.down', unit: 'count', across: 'max' },
  { id: 'engine.rate', unit: 'perSecond', across: 'sum' },
  { id: 'engine.p95', unit: 'ms', across: 'max' },
  { id: 'engine.refusing', unit: 'count', across: 'max', by: 'shard' },
  { id: 'engine.sync', unit: 'ms', across: 'max', by: 'shard' },
  { id: 'engine.standbyLag', unit: 'count', across: 'max', by: 'shard' },
  { id: 'engine.followerLag', unit: 'count', across: 'max', by: 'listener' },
  { id: 'events.lag', unit: 'seconds', across: 'max', by: 'listener' },
  { id: 'events.failed', unit: 'count', across: 'max', by: 'listener' },
  { id: 'jobs.waiting', unit: 'count', across: 'max' },
  { id: 'jobs.running', unit: 'count', across: 'max' },
  { id: 'jobs.failures', unit: 'count', across: 'max', by: 'job' },
  { id: 'plugins.quarantined', unit: 'count', across: 'max', by: 'plugin' },
  { id: 'plugins.p95', unit: 'ms', across: 'max', by: 'plugin' },
  { id: 'plugins.restarts', unit: 'count', across: 'max', by: 'plugin' },
  { id: 'metrics.rate', unit: 'perSecond', across: 'sum', by: 'metric' },
  { id: 'metrics.value', unit: 'count', across: 'max', by: 'metric' },
  { id: 'metrics.p95', unit: 'count', across: 'max', by: 'metric' },
  { id: 'ledger.breaks', unit: 'count', across: 'max' },
  { id: 'disk.free', unit: 'ratio', across: 'min' },
  { id: 'nodes.missing', unit: 'count', across: 'max', by: 'node' },
] as const satisfies readonly Indicator[]

export type IndicatorId = (typeof indicators)[number]['id']

export type Value = number | null | Readonly<Record<string, number>>
export type Values = Readonly<Partial<Record<IndicatorId, Value>>>

const byId = new Map<string, Indicator>(indicators.map((indicator) => [indicator.id, indicator]))

export function indicatorOf(id: string): Indicator | undefined {
  return byId.get(id)
}

function join(across: Indicator['across'], values: readonly number[]): number {
  if (across === 'sum') return values.reduce((sum, value) => sum + value, 0)
  return across === 'max' ? Math.max(...values) : Math.min(...values)
}

/** One value out of those of several nodes. */
function joined({ across }: Indicator, values: readonly Value[]): Value {
  const numbers = values.filter((value) => typeof value === 'number')
  if (numbers.length > 0) return join(across, numbers)
  const records = values.filter((value) => value !== null && typeof value === 'object')
  if (records.length === 0) return null
  const subjects = new Set(records.flatMap((record) => Object.keys(record)))
  const entries = [...subjects].map((subject) => {
    const own = records.flatMap((record) => (record[subject] === undefined ? [] : [record[subject]]))
    return [subject, join(across, own)] as const
  })
  return Object.fromEntries(entries)
}

export function joinValues(nodes: readonly Values[]): Values {
  const entries = indicators.flatMap((indicator) => {
    const values = nodes.map((values) => values[indicator.id]).filter((value) => value !== undefined)
    return values.length === 0 ? [] : [[indicator.id, joined(indicator, values)] as const]
  })
  return Object.fromEntries(entries) as Values
}
