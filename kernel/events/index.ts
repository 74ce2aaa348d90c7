export type { DeliveredEvent, EventListener } from './event.ts'
