import { Array, Boolean, Enum, Integer, Null, Object, Union, type Static } from 'typebox'
import { route } from '../../contract/index.ts'
import { pluginsRefusals } from '../refusals.ts'
import { contributions } from './contributions.ts'
import { Operation } from './operations.ts'
import { manage, onePlugin, pluginId, text, textOrNull } from './words.ts'

/**
 * `desired` is what the operator asked for, `state` what is. `invalid`: its folder breaks rules (see `problems`) and
 * nothing of it runs; `failed`: it is wanted, but did not start (see `reason`).
 */
export const PluginSummary = Object({
  id: pluginId,
  name: text,
  version: text,
  summary: text,
  publisher: text,
  category: text,
  icon: text,
  desired: Enum(['enabled', 'disabled']),
  state: Enum(['disabled', 'enabled', 'failed', 'invalid']),
  /** True while an operation on it runs; follow `plugins.operations:<pluginId>`. */
  isChanging: Boolean(),
  generation: Union([Integer(), Null()]),
  reason: textOrNull,
  problems: Array(text),
})
export type PluginSummary = Static<typeof PluginSummary>

export const MigrationEntry = Object({ name: text, isApplied: Boolean() })

export const PluginDetail = Object({
  ...PluginSummary.properties,
  description: text,
  kernel: text,
  /** Its README.md as written; null when there is none. */
  readme: textOrNull,
  ...contributions,
  dependants: Array(text),
  migrations: Array(MigrationEntry),
  lastOperation: Union([Operation, Null()]),
})
export type PluginDetail = Static<typeof PluginDetail>

export const PlannedMigration = Object({
  name: text,
  /** SQL it would run on an empty answer from the database; what depends on rows found is not foreseen. */
  statements: Array(text),
})

/** What enabling (or, when it is enabled, reloading) the plugin would do. Reading it changes nothing. */
export const Plan = Object({
  pluginId,
  action: Enum(['enable', 'reload']),
  version: text,
  /** Empty when the plugin may be enabled. */
  problems: Array(text),
  migrations: Array(PlannedMigration),
  ...contributions,
})
export type Plan = Static<typeof Plan>

export const listPlugins = route({
  action: 'plugins.catalogue.list',
  rest: 'GET /plugins',
  summary: 'Every plugin found, enabled or not; looks at the plugin folders again',
  permission: manage,
  params: Object({}, { additionalProperties: false }),
  result: Object({ items: Array(PluginSummary) }),
  errors: [],
})

export const showPlugin = route({
  action: 'plugins.catalogue.show',
  rest: 'GET /plugins/:pluginId',
  summary: 'One plugin with all it brings',
  permission: manage,
  params: onePlugin,
  result: PluginDetail,
  errors: [pluginsRefusals.plugin_not_found.code],
})

export const planPlugin = route({
  action: 'plugins.catalogue.plan',
  rest: 'GET /plugins/:pluginId/plan',
  summary: 'What enabling the plugin would do, without doing it',
  permission: manage,
  params: onePlugin,
  result: Plan,
  errors: [pluginsRefusals.plugin_not_found.code, pluginsRefusals.verification_failed.code],
})
