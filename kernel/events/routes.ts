import {
  Array,
  Boolean,
  Enum,
  Integer,
  Null,
  Object,
  Optional,
  String,
  Union,
  Unknown,
  type Static,
} from 'typebox'
import { id, page, pageOf, route, timestamp } from '../contract/index.ts'
import { eventsRefusals } from './refusals.ts'

export { eventsRefusals } from './refusals.ts'

const strict = { additionalProperties: false }
const permission = 'events.deliveries.manage'

export const Delivery = Object({
  id,
  eventId: id,
  event: String(),
  listener: String({ description: 'The plugin or part of the platform that is told.' }),
  key: String(),
  data: Unknown(),
  emittedAt: timestamp,
  state: Enum(['waiting', 'failed']),
  attempts: Integer(),
  nextAt: timestamp,
  reason: Union([String(), Null()]),
})
export type Delivery = Static<typeof Delivery>

export const listDeliveries = route({
  action: 'events.deliveries.list',
  rest: 'GET /events/deliveries',
  summary: 'List what listeners have not been told yet, oldest first',
  permission,
  params: Object(
    { state: Optional(Delivery.properties.state), event: Optional(id), listener: Optional(id), ...page },
    strict,
  ),
  result: pageOf(Delivery),
  errors: [],
})

export const retryDelivery = route({
  action: 'events.deliveries.retry',
  rest: 'POST /events/deliveries/:deliveryId/retry',
  summary: 'Tell a listener again what it failed at',
  permission,
  params: Object({ deliveryId: id }, strict),
  result: Delivery,
  errors: [eventsRefusals.delivery_not_found.code],
})

export const listListeners = route({
  action: 'events.listeners.list',
  rest: 'GET /events/listeners',
  summary: 'List who listens to what, and how far behind',
  permission,
  params: Object({}, strict),
  result: Object({
    items: Array(
      Object({
        event: String(),
        listener: String(),
        isServed: Boolean({ description: 'False while its plugin is disabled: events wait.' }),
        waiting: Integer(),
        failed: Integer(),
      }),
    ),
  }),
  errors: [],
})
