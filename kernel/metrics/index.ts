export { declarations, type MetricDeclaration, type MetricId } from './declarations.ts'
export { createMetrics, type Distribution, type Metrics } from './metrics.ts'
export { bucketsBetween, mergeBuckets, percentile, type Buckets } from './percentiles.ts'
export { processMetrics } from './process-metrics.ts'
