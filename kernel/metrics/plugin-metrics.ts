import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { MetricDeclaration } from '../contract/index.ts'

/** A metric of a plugin as it stands in `/metrics`. */
export interface ExposedMetric {
  readonly plugin: string
  readonly name: string
  readonly title: string
  readonly kind: MetricDeclaration['kind']
}

type Labels = Readonly<Record<string, string>>

/** What plugins measure of themselves. It lies in the kernel, so a plugin that is started again counts on. */
export interface PluginMetrics {
  /** In place of those the plugin declared before; what stayed the same keeps its counts. */
  publish(plugin: string, declarations: readonly MetricDeclaration[]): void
  withdraw(plugin: string): void
  /** Adds to a counter, sets a gauge or notes into a histogram; what was not declared is left out. */
  record(plugin: string, name: string, labels: Labels, value: number): void
  exposed(): readonly ExposedMetric[]
}

interface Held {
  readonly declaration: MetricDeclaration
  readonly exposedName: string
  readonly metric: Counter | Gauge | Histogram
}

const defaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/[^a-z0-9_]/g, '_')
}

/** `spot.ordersPlaced` is `cambium_spot_orders_placed_total`. */
export function exposedName({ name, kind }: Pick<MetricDeclaration, 'name' | 'kind'>): string {
  return `cambium_${snake(name)}${kind === 'counter' ? '_total' : ''}`
}

function build(declaration: MetricDeclaration, registry: Registry): Held {
  const { kind, title, labels = {}, buckets } = declaration
  const name = exposedName(declaration)
  const base = { name, help: title, labelNames: Object.keys(labels), registers: [registry] }
  const metric =
    kind === 'counter'
      ? new Counter(base)
      : kind === 'gauge'
        ? new Gauge(base)
        : new Histogram({ ...base, buckets: [...(buckets ?? defaultBuckets)] })
  return { declaration, exposedName: name, metric }
}

function isDeclared({ labels = {} }: MetricDeclaration, given: Labels): boolean {
  const names = Object.keys(labels)
  return (
    Object.keys(given).length === names.length &&
    names.every((name) => labels[name]?.includes(given[name] ?? ''))
  )
}

export function createPluginMetrics(registry: Registry): PluginMetrics {
  const held = new Map<string, ReadonlyMap<string, Held>>()

  function remove(plugin: string, isKept: (one: Held) => boolean = () => false): void {
    for (const one of held.get(plugin)?.values() ?? [])
      if (!isKept(one)) registry.removeSingleMetric(one.exposedName)
  }

  return {
    publish(plugin, declarations) {
      const before = held.get(plugin)
      const isSame = (one: Held | undefined, declaration: MetricDeclaration | undefined): boolean =>
        one !== undefined && JSON.stringify(one.declaration) === JSON.stringify(declaration)
      remove(plugin, (one) =>
        isSame(
          one,
          declarations.find(({ name }) => name === one.declaration.name),
        ),
      )
      const next = declarations
        // A name that is taken, by the kernel or by another plugin, stays whose it is.
        .map((declaration) => {
          const kept = before?.get(declaration.name)
          if (kept && isSame(kept, declaration)) return kept
          return registry.getSingleMetric(exposedName(declaration)) ? undefined : build(declaration, registry)
        })
        .filter((one) => one !== undefined)
      held.set(plugin, new Map(next.map((one) => [one.declaration.name, one])))
    },
    withdraw(plugin) {
      remove(plugin)
      held.delete(plugin)
    },
    record(plugin, name, labels, value) {
      const one = held.get(plugin)?.get(name)
      if (!one || !Number.isFinite(value) || !isDeclared(one.declaration, labels)) return
      if (one.metric instanceof Counter) {
        if (value > 0) one.metric.inc(labels, value)
      } else if (one.metric instanceof Gauge) one.metric.set(labels, value)
      else one.metric.observe(labels, value)
    },
    exposed: () =>
      [...held].flatMap(([plugin, metrics]) =>
        [...metrics.values()].map(({ declaration: { title, kind }, exposedName: name }) => ({
          plugin,
          name,
          title,
          kind,
        })),
      ),
  }
}
