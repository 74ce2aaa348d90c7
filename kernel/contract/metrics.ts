/** Something a plugin measures of itself. */
export interface MetricDeclaration<
  K extends 'counter' | 'gauge' | 'histogram' = 'counter' | 'gauge' | 'histogram',
  L extends MetricLabels = MetricLabels,
> {
  /** `spot.ordersPlaced`; `/metrics` has it as `cambium_spot_orders_placed_total`. The unit comes last: `spot.settleSeconds`. */
  readonly name: string
  readonly kind: K
  /** One line for operators. */
  readonly title: string
  /** Every value a label may have: what is not listed is not counted, so that no stranger makes series. */
  readonly labels?: L
  /** Upper bounds of a histogram, ascending. */
  readonly buckets?: readonly number[]
}

export type MetricLabels = Readonly<Record<string, readonly string[]>>

/** What goes with one measurement: a value for each label. */
export type LabelsOfMetric<M extends MetricDeclaration> =
  M extends MetricDeclaration<infer _K, infer L> ? { readonly [N in keyof L]: L[N][number] } : never

/** Declares a metric. */
export function metricOf<
  const K extends 'counter' | 'gauge' | 'histogram',
  const L extends MetricLabels = Readonly<Record<never, never>>,
>(declaration: MetricDeclaration<K, L>): MetricDeclaration<K, L> {
  return Object.freeze(declaration)
}
