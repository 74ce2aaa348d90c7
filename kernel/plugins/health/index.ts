export { createHealth, type Health } from './health.ts'
export { healthImplementations } from './health.service.ts'
