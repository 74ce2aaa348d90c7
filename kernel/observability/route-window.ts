import { bucketsBetween, mergeBuckets, percentile, type Buckets, type Metrics } from '../metrics/index.ts'

/** What one route did within the last hour, on one node; its buckets can be added to another node's. */
export interface RouteWindowFigure {
  readonly owner: string
  readonly method: string
  readonly route: string
  readonly calls: number
  readonly errors: number
  readonly seconds: number
  readonly buckets: Buckets
}

export interface RouteFigure {
  readonly owner: string
  readonly method: string
  readonly route: string
  readonly calls: number
  readonly errors: number
  readonly meanMs: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
}

const SLOTS = 12
const SLOT_MS = 5 * 60_000

type Totals = ReadonlyMap<string, RouteWindowFigure>

async function totals(metrics: Metrics): Promise<Totals> {
  const errors = new Map<string, number>()
  for (const { labels, value } of await metrics.values('httpRequests')) {
    const key = `${labels.method} ${labels.route}`
    if (String(labels.status).startsWith('5')) errors.set(key, (errors.get(key) ?? 0) + value)
  }
  const series = await metrics.distributions('httpDuration')
  return new Map(
    series.map(({ labels, count, sum, buckets }) => {
      const { owner = '', method = '', route = '' } = labels
      const key = `${method} ${route}`
      const failed = errors.get(key) ?? 0
      return [
        `${owner} ${key}`,
        { owner, method, route, calls: count, errors: failed, seconds: sum, buckets },
      ]
    }),
  )
}

/** Remembers how the counters stood every five minutes of the last hour. */
export class RouteWindow {
  readonly #metrics: Metrics
  readonly #before: Totals[] = []
  #turnedMs = -Infinity

  constructor(metrics: Metrics) {
    this.#metrics = metrics
  }

  /** To be called now and then. */
  async turn(): Promise<void> {
    if (performance.now() - this.#turnedMs < SLOT_MS) return
    this.#turnedMs = performance.now()
    this.#before.push(await totals(this.#metrics))
    if (this.#before.length > SLOTS) this.#before.shift()
  }

  async figures(): Promise<readonly RouteWindowFigure[]> {
    const [oldest] = this.#before
    const now = await totals(this.#metrics)
    return [...now].flatMap(([key, after]) => {
      const before = oldest?.get(key)
      const calls = after.calls - (before?.calls ?? 0)
      if (calls <= 0) return []
      const { owner, method, route } = after
      return [
        {
          owner,
          method,
          route,
          calls,
          errors: after.errors - (before?.errors ?? 0),
          seconds: after.seconds - (before?.seconds ?? 0),
          buckets: bucketsBetween(before?.buckets, after.buckets).map(
            // Infinity does not survive JSON on its way from another node.
            ([bound, count]) => [Number.isFinite(bound) ? bound : Number.MAX_VALUE, count] as const,
          ),
        },
      ]
    })
  }
}

function milliseconds(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1e5) / 100
}

/** The nodes' figures as one list, what took most time in all first. */
export function joinRoutes(nodes: readonly (readonly RouteWindowFigure[])[]): readonly RouteFigure[] {
  const byRoute = Map.groupBy(nodes.flat(), ({ owner, method, route }) => `${owner} ${method} ${route}`)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const joined = [...byRoute.values()].map((all) => {
    const { owner = '', method = '', route = '' } = all[0] ?? {}
    const calls = sum(all.map((one) => one.calls))
    const seconds = sum(all.map((one) => one.seconds))
    const buckets = mergeBuckets(all.map((one) => one.buckets))
    const figure = {
      owner,
      method,
      route,
      calls,
      errors: sum(all.map((one) => one.errors)),
      meanMs: milliseconds(seconds / calls) ?? 0,
      p50Ms: milliseconds(percentile(buckets, 0.5)),
      p95Ms: milliseconds(percentile(buckets, 0.95)),
      p99Ms: milliseconds(percentile(buckets, 0.99)),
    }
    return { figure, seconds }
  })
  return joined.sort((left, right) => right.seconds - left.seconds).map(({ figure }) => figure)
}
