import { Counter, Gauge, type Histogram, type Registry } from 'prom-client'
import { bucketsBetween, percentile, type Buckets } from '../metrics/index.ts'
import type { Values } from '../metrics/index.ts'

interface Series {
  readonly metricName?: string | undefined
  readonly labels: Readonly<Partial<Record<string, string | number>>>
  readonly value: number
}

type Sampled = Record<'metrics.rate' | 'metrics.value' | 'metrics.p95', Record<string, number>>

/** Beyond these the total is all that is kept of a metric. */
const SERIES_MAX = 20

function keyOf(name: string, { labels }: Series): string {
  const words = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return `${name}{${words.join(',')}}`
}

/** The total under the metric's name, and beside it every series under its own. */
function named(name: string, values: readonly Series[]): readonly (readonly [string, number])[] {
  const total = values.reduce((sum, { value }) => sum + value, 0)
  const series = values.length > SERIES_MAX || values.every(({ labels }) => Object.keys(labels).length === 0)
  return [[name, total], ...(series ? [] : values.map((one) => [keyOf(name, one), one.value] as const))]
}

function bucketsOf(values: readonly Series[]): Buckets {
  const counts = new Map<number, number>()
  for (const { metricName = '', labels, value } of values) {
    if (!metricName.endsWith('_bucket')) continue
    const bound = labels.le === '+Inf' ? Infinity : Number(labels.le)
    counts.set(bound, (counts.get(bound) ?? 0) + value)
  }
  return [...counts].sort(([left], [right]) => left - right)
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6
}

/** Makes indicators of metrics that somebody looks at: a counter's rate, a gauge's value, the 95th percentile of a histogram. */
export class MetricSampler {
  readonly #registry: Registry
  readonly #counts = new Map<string, number>()
  readonly #buckets = new Map<string, Buckets>()
  #atMs: number | undefined

  constructor(registry: Registry) {
    this.#registry = registry
  }

  async sample(names: ReadonlySet<string>): Promise<Values> {
    const sampled: Sampled = { 'metrics.rate': {}, 'metrics.value': {}, 'metrics.p95': {} }
    const now = performance.now()
    const seconds = this.#atMs === undefined ? undefined : (now - this.#atMs) / 1_000
    this.#atMs = now
    for (const name of names) {
      // A rule may watch one series: `name{label="value"}`.
      const metric = this.#registry.getSingleMetric(name.split('{')[0] ?? name)
      if (!metric) continue
      const base = name.split('{')[0] as string
      if (metric instanceof Counter) await this.#rate(base, metric, seconds, sampled)
      else if (metric instanceof Gauge)
        Object.assign(sampled['metrics.value'], Object.fromEntries(named(base, (await metric.get()).values)))
      else await this.#percentile(base, metric as Histogram, sampled)
    }
    return sampled
  }

  async #rate(name: string, metric: Counter, seconds: number | undefined, sampled: Sampled): Promise<void> {
    for (const [key, value] of named(name, (await metric.get()).values)) {
      const before = this.#counts.get(key)
      this.#counts.set(key, value)
      if (seconds === undefined || seconds <= 0 || before === undefined) continue
      // One that was made anew counts from nothing again.
      sampled['metrics.rate'][key] = rounded(Math.max(0, value - before) / seconds)
    }
  }

  async #percentile(name: string, metric: Histogram, sampled: Sampled): Promise<void> {
    const buckets = bucketsOf((await metric.get()).values)
    const value = percentile(bucketsBetween(this.#buckets.get(name), buckets), 0.95)
    this.#buckets.set(name, buckets)
    if (value !== null) sampled['metrics.p95'][name] = rounded(value)
  }
}
