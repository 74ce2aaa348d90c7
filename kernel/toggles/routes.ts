import { Array, Boolean, Enum, Integer, Null, Object, Record, String, Union, type Static } from 'typebox'
import { id, route, timestamp, toggleOf } from '../contract/index.ts'
import { togglesRefusals } from './refusals.ts'

export { togglesRefusals } from './refusals.ts'

/** New people can open an account; off, only those who have one come in. */
export const registration = toggleOf({
  id: 'platform.registration',
  title: 'Opening accounts',
  description: 'Visitors can open an account. Off, the portal offers no sign-up and the platform refuses it.',
  isOnByDefault: true,
})

const strict = { additionalProperties: false }
const permission = 'toggles.toggles.manage'
const toggleId = String({ maxLength: 128, pattern: '^[a-z0-9-]+\\.[a-zA-Z]+$' })

const state = {
  mode: Enum(['off', 'on', 'some'], { description: '`some`: whoever one of the following takes in.' }),
  percentage: Integer({
    minimum: 0,
    maximum: 100,
    description: 'Of all users; the same ones at every look.',
  }),
  userIds: Array(id, { maxItems: 1_000, uniqueItems: true }),
  levels: Array(Integer({ minimum: 0, maximum: 9 }), { maxItems: 10, uniqueItems: true }),
}
export const ToggleState = Object(state)

const audience = Object({
  users: Integer({ description: 'For whom it is on.' }),
  of: Integer({ description: 'All users there are, without accounts of the house.' }),
})

export const Toggle = Object({
  id: toggleId,
  owner: String(),
  ownerName: String(),
  title: String(),
  description: String(),
  isOnByDefault: Boolean(),
  ...state,
  audience,
  revision: Integer({ description: '0 as long as the default holds.' }),
  changedBy: Union([String(), Null()]),
  changedAt: Union([timestamp, Null()]),
})
export type Toggle = Static<typeof Toggle>

export const ToggleChange = Object({
  ...state,
  revision: Integer(),
  changedBy: String(),
  changedAt: timestamp,
})
export type ToggleChange = Static<typeof ToggleChange>

export const listOwnToggles = route({
  action: 'toggles.toggles.mine',
  rest: 'GET /toggles/mine',
  summary: 'List the feature toggles that are not at their default for the caller',
  permission: 'public',
  params: Object({}, strict),
  result: Object({ values: Record(String(), Boolean()) }),
  errors: [],
})

export const listToggles = route({
  action: 'toggles.toggles.list',
  rest: 'GET /toggles',
  summary: 'List every feature toggle, its state and for how many users it is on',
  permission,
  params: Object({}, strict),
  result: Object({ items: Array(Toggle) }),
  errors: [],
})

export const showToggle = route({
  action: 'toggles.toggles.show',
  rest: 'GET /toggles/:toggleId',
  summary: 'Show a feature toggle',
  permission,
  params: Object({ toggleId }, strict),
  result: Toggle,
  errors: [togglesRefusals.toggle_not_found.code],
})

export const changeToggle = route({
  action: 'toggles.toggles.change',
  rest: 'PUT /toggles/:toggleId',
  summary: 'Say for whom a feature toggle is on',
  description: 'It counts at once, on every node and in open pages.',
  permission,
  params: Object({ toggleId, ...state, revision: Integer({ minimum: 0 }) }, strict),
  result: Toggle,
  errors: [
    togglesRefusals.toggle_not_found.code,
    togglesRefusals.user_not_found.code,
    togglesRefusals.changed_meanwhile.code,
  ],
})

export const countToggleAudience = route({
  action: 'toggles.audiences.count',
  rest: 'POST /toggles/:toggleId/audience',
  summary: 'Count for how many users a feature toggle would be on',
  permission,
  changesNothing: true,
  params: Object({ toggleId, ...state }, strict),
  result: audience,
  errors: [togglesRefusals.toggle_not_found.code],
})

export const listToggleChanges = route({
  action: 'toggles.changes.list',
  rest: 'GET /toggles/:toggleId/changes',
  summary: 'List what a feature toggle was set to and by whom, newest first',
  permission,
  params: Object({ toggleId }, strict),
  result: Object({ items: Array(ToggleChange) }),
  errors: [togglesRefusals.toggle_not_found.code],
})
