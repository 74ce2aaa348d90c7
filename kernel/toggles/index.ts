export { registration } from './routes.ts'
export { createToggles, type Toggles, type TogglesOptions } from './toggles.ts'
