export { declarations, type MetricDeclaration, type MetricId } from './declarations.ts'
export {
  indicatorOf,
  indicators,
  joinValues,
  type Indicator,
  type IndicatorId,
  type Values,
} from './indicators.ts'
export { createMetrics, type Distribution, type Metrics } from './metrics.ts'
export { bucketsBetween, mergeBuckets, percentile, type Buckets } from './percentiles.ts'
export { processMetrics } from './process-metrics.ts'
export { createPluginMetrics, exposedName, type PluginMetrics } from './plugin-metrics.ts'
export { ruleProblem } from './rule-problem.ts'
