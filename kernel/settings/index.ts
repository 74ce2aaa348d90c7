export type { LiveSettings } from './live-settings.ts'
