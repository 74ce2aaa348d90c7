export { createObservability, type Observability } from './create-observability.ts'
export { indicatorIds, indicatorOf, indicators, type IndicatorId, type Values } from './indicators.ts'
export { workObservers } from './work-observers.ts'
