export type { DeliveredEvent, EventListener } from './event.ts'
export { createEvents, type Events, type EventsOptions, type Listeners } from './events.ts'
export type { AroundDelivery } from './pump.ts'
