import {
  Array,
  Boolean,
  Enum,
  Integer,
  Null,
  Object,
  Optional,
  Record,
  String,
  Union,
  Unknown,
} from 'typebox'
import type { Static } from 'typebox'
import { id, page, pageOf, route, timestamp } from '../contract/index.ts'
import { settingsRefusals } from './refusals.ts'

export { settingsRefusals } from './refusals.ts'

const strict = { additionalProperties: false }
const permission = 'plugins.marketplace.manage'
const revision = Integer({ minimum: 0, description: 'Of what was read: another one is refused.' })

export const SettingsAnswer = Object({
  schema: Object({}, { description: 'JSON Schema of the values.' }),
  values: Record(String(), Unknown(), {
    description: 'Defaults applied. A secret is `{ "isSet": boolean }` and never told.',
  }),
  revision: Integer(),
  changedBy: Union([String(), Null()]),
  changedAt: Union([timestamp, Null()]),
})

export const SettingsGroup = Object({
  owner: id,
  name: String(),
  icon: String(),
  isPlatform: Boolean({ description: 'A part of the platform, and no plugin.' }),
  isRunning: Boolean(),
  ...SettingsAnswer.properties,
})
export type SettingsGroup = Static<typeof SettingsGroup>

export const SettingsChange = Object({
  revision: Integer(),
  changedBy: String(),
  changedAt: timestamp,
  values: Record(String(), Unknown(), { description: 'What they were from then on, secrets left out.' }),
  changes: Array(Object({ name: String(), before: Unknown(), after: Unknown() })),
  secrets: Array(Object({ name: String(), is: Enum(['written', 'removed']) })),
})
export type SettingsChange = Static<typeof SettingsChange>

const changing = [
  settingsRefusals.owner_not_found.code,
  settingsRefusals.changed_meanwhile.code,
  settingsRefusals.values_invalid.code,
]

export const listSettings = route({
  action: 'settings.values.list',
  rest: 'GET /settings',
  summary: 'List every setting of the platform and of its plugins',
  permission,
  params: Object({}, strict),
  result: Object({ items: Array(SettingsGroup) }),
  errors: [],
})

export const showSettings = route({
  action: 'settings.values.show',
  rest: 'GET /plugins/:pluginId/settings',
  summary: 'Show the settings of a plugin',
  permission,
  params: Object({ pluginId: id }, strict),
  result: SettingsAnswer,
  errors: [settingsRefusals.owner_not_found.code],
})

export const changeSettings = route({
  action: 'settings.values.change',
  rest: 'PUT /plugins/:pluginId/settings',
  summary: 'Change the settings of a plugin',
  description:
    'The running plugin sees them at once. A value left out takes its default; a secret left out stays as it is, a text ' +
    'replaces it, null removes it. A refusal for being late brings what is there now.',
  permission,
  unaudited: ['values'],
  params: Object({ pluginId: id, values: Record(String(), Unknown()), revision }, strict),
  result: SettingsAnswer,
  errors: changing,
})

export const listSettingsChanges = route({
  action: 'settings.changes.list',
  rest: 'GET /plugins/:pluginId/settings/changes',
  summary: 'List what the settings of a plugin were and who changed them, newest first',
  permission,
  params: Object({ pluginId: id, ...page }, strict),
  result: pageOf(SettingsChange),
  errors: [settingsRefusals.owner_not_found.code],
})

export const restoreSettings = route({
  action: 'settings.values.restore',
  rest: 'POST /plugins/:pluginId/settings/restore',
  summary: 'Go back to what the settings of a plugin were',
  description:
    'To all values of a revision, or to the named ones; 0 stands for the defaults. What is not allowed any more takes ' +
    'its default. Secrets stay as they are.',
  permission,
  shownBy: 'settings.values.show',
  params: Object(
    {
      pluginId: id,
      to: Integer({ minimum: 0 }),
      names: Optional(Array(String({ maxLength: 100 }), { minItems: 1, maxItems: 200 })),
      revision,
    },
    strict,
  ),
  result: SettingsAnswer,
  errors: [...changing, settingsRefusals.revision_not_found.code],
})
