export { platformToggles, registration } from './platform-toggles.ts'
export { createToggles, type Toggles, type TogglesOptions } from './toggles.ts'
