import { Object, Record, String, Unknown, type Static } from 'typebox'
import { route } from '../contract/index.ts'
import { preferencesRefusals } from './refusals.ts'

export { preferencesRefusals } from './refusals.ts'

const strict = { additionalProperties: false }

const preferenceId = String({
  pattern: '^[a-z][A-Za-z0-9-]*(\\.[A-Za-z0-9-]+)+$',
  maxLength: 64,
  description: 'The preference, its owner in front: `portal.dashboard`.',
})

const Preferences = Object({ items: Record(String(), Unknown({ description: 'As the page wrote it.' })) })
export type Preferences = Static<typeof Preferences>

export const listPreferences = route({
  action: 'preferences.values.list',
  rest: 'GET /preferences',
  summary: 'List the own preferences by their names',
  permission: 'signedIn',
  params: Object({}, strict),
  result: Preferences,
  errors: [],
})

export const setPreference = route({
  action: 'preferences.values.set',
  rest: 'PUT /preferences/:preferenceId',
  summary: 'Keep a preference',
  description: 'Any JSON up to 4,000 characters. Null forgets the preference.',
  permission: 'signedIn',
  params: Object({ preferenceId, value: Unknown() }, strict),
  result: Preferences,
  errors: [preferencesRefusals.exceeds_size.code, preferencesRefusals.exceeds_maximum.code],
})
