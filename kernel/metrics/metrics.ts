import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { declarations, type MetricDeclaration, type MetricId } from './declarations.ts'
import { processMetrics } from './process-metrics.ts'

type IdsOf<K extends MetricDeclaration['kind']> = {
  [I in MetricId]: (typeof declarations)[I] extends { kind: K } ? I : never
}[MetricId]

type LabelsOf<I extends MetricId> = (typeof declarations)[I] extends {
  labels: readonly (infer L extends string)[]
}
  ? Readonly<Record<L, string>>
  : undefined

/** The figures of one histogram series. */
export interface Distribution {
  readonly labels: Readonly<Record<string, string>>
  readonly count: number
  readonly sum: number
  /** Cumulative, by upper bound; the last one is infinity. */
  readonly buckets: readonly (readonly [bound: number, count: number])[]
}

/** Counts and measures what the kernel does. One to a kernel; what is counted costs about a microsecond. */
export interface Metrics {
  readonly registry: Registry
  count<I extends IdsOf<'counter'>>(id: I, labels: LabelsOf<I>, by?: number): void
  set<I extends IdsOf<'gauge'>>(id: I, labels: LabelsOf<I>, value: number): void
  add(id: 'httpInFlight', by: number): void
  observe<I extends IdsOf<'histogram'>>(id: I, labels: LabelsOf<I>, seconds: number): void
  /** Forgets every series: before those of the moment are written. */
  clear(id: MetricId): void
  /** Filled when somebody looks: everything that is asked for rather than counted. */
  onCollect(collect: () => void | Promise<void>): void
  /** As Prometheus reads it. */
  expose(): Promise<string>
  /** Without collecting: what was counted so far. */
  values(id: MetricId): Promise<readonly { labels: Readonly<Record<string, string>>; value: number }[]>
  distributions(id: IdsOf<'histogram'>): Promise<readonly Distribution[]>
}

type AnyMetric = Counter | Gauge | Histogram

function build({ name, kind, help, labels = [], buckets }: MetricDeclaration, registry: Registry): AnyMetric {
  const base = { name, help, labelNames: [...labels], registers: [registry] }
  if (kind === 'counter') return new Counter(base)
  if (kind === 'gauge') return new Gauge(base)
  return new Histogram({ ...base, buckets: [...(buckets ?? [])] })
}

interface SeriesValue {
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
  readonly metricName?: string
}

function distributionsOf(values: readonly SeriesValue[]): Distribution[] {
  const series = new Map<
    string,
    { labels: Record<string, string>; count: number; sum: number; buckets: [number, number][] }
  >()
  for (const { labels, value, metricName = '' } of values) {
    const { le, ...rest } = labels
    const key = JSON.stringify(rest)
    const own = series.get(key) ?? { labels: rest as Record<string, string>, count: 0, sum: 0, buckets: [] }
    series.set(key, own)
    if (metricName.endsWith('_sum')) own.sum = value
    else if (metricName.endsWith('_count')) own.count = value
    else own.buckets.push([le === '+Inf' ? Infinity : Number(le), value])
  }
  return [...series.values()]
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  const built = Object.fromEntries(
    Object.entries(declarations).map(([id, declaration]) => [id, build(declaration, registry)]),
  ) as Record<MetricId, AnyMetric>
  const collectors: (() => void | Promise<void>)[] = []

  const valuesOf = async (id: MetricId): Promise<readonly SeriesValue[]> =>
    (await built[id].get()).values as readonly SeriesValue[]

  return {
    registry,
    count: (id, labels, by = 1) => (built[id] as Counter).inc(labels ?? {}, by),
    set: (id, labels, value) => (built[id] as Gauge).set(labels ?? {}, value),
    add: (id, by) => (built[id] as Gauge).inc(by),
    observe: (id, labels, seconds) => (built[id] as Histogram).observe(labels ?? {}, seconds),
    clear: (id) => built[id].reset(),
    onCollect: (collect) => void collectors.push(collect),
    async expose() {
      for (const collect of collectors) await collect()
      return `${await registry.metrics()}\n${await processMetrics().metrics()}`
    },
    values: async (id) =>
      (await valuesOf(id)).map(({ labels, value }) => ({ labels: labels as Record<string, string>, value })),
    distributions: async (id) => distributionsOf(await valuesOf(id)),
  }
}
