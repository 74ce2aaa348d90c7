import { Array, Boolean, Enum, Object, String, type Static } from 'typebox'
import { route } from '../../contract/index.ts'
import { pluginsRefusals } from '../refusals.ts'
import { manage, pluginId, text } from './words.ts'

export const contributionKind = Enum([
  'route',
  'page',
  'slot',
  'navigation',
  'job',
  'channel',
  'socket',
  'filter',
  'strategy',
  'event',
])
export type ContributionKind = Static<typeof contributionKind>

/**
 * One thing a plugin brings, which can be switched off alone. `id`: a route's action, a channel's or job's name, and for
 * pages, navigation and slots `<app>/<page>` and `<app>/<slot>/<id>`.
 */
export const SwitchEntry = Object({ kind: contributionKind, id: text, title: text, isDisabled: Boolean() })
export type SwitchEntry = Static<typeof SwitchEntry>

export const setSwitch = route({
  action: 'plugins.switches.set',
  rest: 'POST /plugins/:pluginId/switches',
  summary: 'Switch one thing a plugin brings off, or on again',
  permission: manage,
  params: Object(
    {
      pluginId,
      kind: contributionKind,
      contributionId: String({ minLength: 1, maxLength: 160 }),
      isDisabled: Boolean(),
    },
    { additionalProperties: false },
  ),
  result: Object({ items: Array(SwitchEntry) }),
  errors: [pluginsRefusals.plugin_not_found.code, pluginsRefusals.contribution_not_found.code],
})
