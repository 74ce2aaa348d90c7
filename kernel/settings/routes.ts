import { Integer, Object, Record, String, Unknown } from 'typebox'
import { id, route } from '../contract/index.ts'
import { settingsRefusals } from './refusals.ts'

export { settingsRefusals } from './refusals.ts'

const strict = { additionalProperties: false }

export const SettingsAnswer = Object({
  schema: Object({}, { description: 'JSON Schema of the values.' }),
  values: Record(String(), Unknown(), {
    description: 'Defaults applied. A secret is `{ "isSet": boolean }` and never told.',
  }),
  revision: Integer(),
})

export const showSettings = route({
  action: 'settings.values.show',
  rest: 'GET /plugins/:pluginId/settings',
  summary: 'Show the settings of a plugin',
  permission: 'plugins.marketplace.manage',
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
    'replaces it, null removes it.',
  permission: 'plugins.marketplace.manage',
  unaudited: ['values'],
  params: Object(
    { pluginId: id, values: Record(String(), Unknown()), revision: Integer({ minimum: 0 }) },
    strict,
  ),
  result: SettingsAnswer,
  errors: [
    settingsRefusals.owner_not_found.code,
    settingsRefusals.changed_meanwhile.code,
    settingsRefusals.values_invalid.code,
  ],
})
