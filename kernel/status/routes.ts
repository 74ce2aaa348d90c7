import { Array, Enum, Integer, Null, Object, String, Union, type Static } from 'typebox'
import { route, timestamp } from '../contract/index.ts'
import { statusRefusals } from './refusals.ts'

export { statusRefusals } from './refusals.ts'

const strict = { additionalProperties: false }
const permission = 'status.incidents.manage'

export const PartState = Enum(['operational', 'degraded', 'down', 'maintenance'])
export type PartState = Static<typeof PartState>

const StatusDay = Object({
  day: String({ description: '`2026-11-23`, in UTC.' }),
  state: Union([PartState, Null()], {
    description: 'The worst of the day that lasted; null where nobody looked.',
  }),
  downMs: Integer(),
  degradedMs: Integer(),
})

export const StatusPart = Object({
  id: String({ description: '`platform`, `accounts`, `trading`, or the id of a product.' }),
  name: Union([String(), Null()], { description: 'Of a product; the platform names its own parts.' }),
  state: PartState,
  since: timestamp,
  uptimePpm: Union([Integer(), Null()], {
    description: 'Of the time looked at, planned maintenance left out.',
  }),
  days: Array(StatusDay, { description: 'The last 90, oldest first.' }),
})
export type StatusPart = Static<typeof StatusPart>

const stage = Enum(['investigating', 'identified', 'watching', 'resolved'])
const impact = Enum(['degraded', 'down', 'maintenance'])
const text = String({ minLength: 1, maxLength: 1_000, pattern: '\\S' })

export const Incident = Object({
  id: String(),
  source: Enum(['operator', 'recorded']),
  title: String({ description: 'Empty for a recorded one.' }),
  impact,
  parts: Array(String()),
  entries: Array(Object({ at: timestamp, stage, text: String() }), { description: 'Newest first.' }),
  begunAt: timestamp,
  resolvedAt: Union([timestamp, Null()]),
})
export type Incident = Static<typeof Incident>

export const showStatus = route({
  action: 'status.parts.show',
  rest: 'GET /status',
  summary: 'How the platform and each product are, with the last 90 days and incidents',
  description: 'The same answer for everybody, up to five seconds old.',
  permission: 'public',
  params: Object({}, strict),
  result: Object({ state: PartState, at: timestamp, parts: Array(StatusPart), incidents: Array(Incident) }),
  errors: [],
})

export const openIncident = route({
  action: 'status.incidents.open',
  rest: 'POST /status/incidents',
  summary: 'Tell everybody what goes wrong',
  permission,
  params: Object(
    {
      title: String({ minLength: 1, maxLength: 120, pattern: '\\S' }),
      impact,
      parts: Array(String({ maxLength: 64 }), { maxItems: 20 }),
      text,
    },
    strict,
  ),
  result: Incident,
  errors: [],
})

export const continueIncident = route({
  action: 'status.incidents.continue',
  rest: 'POST /status/incidents/:incidentId/entries',
  summary: 'Tell how an incident goes on, or that it is over',
  permission,
  params: Object({ incidentId: String({ pattern: '^[0-9A-Z]{26}$' }), stage, text }, strict),
  result: Incident,
  errors: [statusRefusals.incident_not_found.code, statusRefusals.incident_already_resolved.code],
})
