export { createObservability, type Observability } from './create-observability.ts'
export { indicatorOf, indicators, type Indicator, type IndicatorId, type Values } from './indicators.ts'
export { workObservers } from './work-observers.ts'
