import { refusals } from '../contract/index.ts'

export const eventsRefusals = refusals('events', {
  delivery_not_found: { status: 404, message: 'There is no such failed delivery.' },
})
