export { createObservability, type Observability } from './create-observability.ts'
export { workObservers } from './work-observers.ts'
