import { Array, Boolean, Enum, Integer, Null, Object, Optional, Union, type Static } from 'typebox'
import { route } from '../../contract/index.ts'
import { pluginsRefusals } from '../refusals.ts'
import { contributions } from './contributions.ts'
import { GrantsDifference, GrantsState } from './grants.ts'
import { Operation } from './operations.ts'
import { SwitchEntry } from './switches.ts'
import { manage, onePlugin, pluginId, text, textOrNull, tier, version } from './words.ts'

const closed = { additionalProperties: false }

/**
 * `desired` is what the operator asked for, `state` what is. `invalid`: its folder breaks rules (see `problems`) and
 * nothing of it runs; `failed`: it is wanted, but did not start; `quarantined`: the watchdog took it out of service
 * (see `reason` for both).
 */
export const PluginSummary = Object({
  id: pluginId,
  name: text,
  /** Of the release that serves, or that `enable` would take. */
  version: text,
  summary: text,
  publisher: text,
  category: text,
  icon: text,
  desired: Enum(['enabled', 'disabled']),
  state: Enum(['disabled', 'enabled', 'failed', 'invalid', 'quarantined']),
  /** True while an operation on it runs; follow `plugins.operations:<pluginId>`. */
  isChanging: Boolean(),
  generation: Union([Integer(), Null()]),
  reason: textOrNull,
  problems: Array(text),
  source: Enum(['bundled', 'package']),
  /** The newest release that is here and newer than `version`; null as well while the plugin is pinned. */
  update: Union([Object({ version }), Null()]),
  isPinned: Boolean(),
  tier,
  /** What `rollback` goes back to. */
  previous: Union([Object({ version }), Null()]),
})
export type PluginSummary = Static<typeof PluginSummary>

export const MigrationEntry = Object({ name: text, isApplied: Boolean() })

/** A version of the plugin that is here: its folder, or an installed package. */
export const ReleaseEntry = Object({
  version,
  source: Enum(['bundled', 'package']),
  digest: textOrNull,
  isServing: Boolean(),
  publisher: text,
  /** A kept copy of a bundled release is `bundled` as well. */
  signature: Enum(['signed', 'unsigned', 'bundled']),
  keyId: textOrNull,
  keyState: Union([Enum(['trusted', 'revoked', 'expired', 'unknown']), Null()], {
    description: 'Of the key it was signed with, now.',
  }),
  sizeBytes: Union([Integer(), Null()]),
  installedAt: textOrNull,
})
export type ReleaseEntry = Static<typeof ReleaseEntry>

/** `from` needs `to`. */
export const DependencyEdge = Object({ from: pluginId, to: pluginId, range: text, isSatisfied: Boolean() })

export const PluginDetail = Object({
  ...PluginSummary.properties,
  description: text,
  kernel: text,
  /** Its README.md as written; null when there is none. */
  readme: textOrNull,
  changelog: textOrNull,
  /** Addresses of its pictures. */
  screenshots: Array(text),
  ...contributions,
  /** Every contribution by its kind, and whether it is switched off. */
  contributions: Array(SwitchEntry),
  /** When the watchdog took it out of service. */
  quarantinedAt: textOrNull,
  approval: GrantsState,
  releases: Array(ReleaseEntry),
  /** Enabled plugins that need it. */
  dependants: Array(text),
  /** All that it needs and all that need it, as far as the edges go. */
  dependencyGraph: Array(DependencyEdge),
  migrations: Array(MigrationEntry),
  lastOperation: Union([Operation, Null()]),
})
export type PluginDetail = Static<typeof PluginDetail>

export const PlannedMigration = Object({
  name: text,
  /** `contract` ones remove or narrow; they run when the version before is gone. */
  phase: Enum(['expand', 'contract']),
  /** Rolling back takes migrations back; everything else applies them. */
  direction: Enum(['up', 'down']),
  /** SQL it would run on an empty answer from the database; what depends on rows found is not foreseen. */
  statements: Array(text),
})

export const plannedAction = Enum([
  'enable',
  'reload',
  'upgrade',
  'rollback',
  'disable',
  'isolate',
  'uninstall',
])
export type PlannedAction = Static<typeof plannedAction>

/** What a change to the plugin would do. Reading it changes nothing. */
export const Plan = Object({
  pluginId,
  action: plannedAction,
  version: text,
  fromVersion: textOrNull,
  /** Empty when it may be done. */
  problems: Array(text),
  /** In the order they would run. */
  migrations: Array(PlannedMigration),
  grantsDifference: GrantsDifference,
  /** What `withDependencies` would enable first, in that order. */
  dependenciesToEnable: Array(
    Object({ id: pluginId, version: text, grantsAdded: GrantsDifference.properties.added }),
  ),
  /** Enabled plugins that need it; `withDependants` would disable them first, in that order. */
  dependants: Array(text),
  /** Of `uninstall`: what the plugin keeps, and about how many rows of it. */
  tables: Array(Object({ name: text, rows: Union([Integer(), Null()]) })),
  ...contributions,
})
export type Plan = Static<typeof Plan>

export const listPlugins = route({
  action: 'plugins.catalogue.list',
  rest: 'GET /plugins',
  summary: 'Every plugin found, enabled or not; looks at the plugin folders again',
  permission: manage,
  params: Object({}, closed),
  result: Object({
    items: Array(PluginSummary),
    /** The platform was started without its plugins; each can still be enabled by hand. */
    isSafeMode: Boolean(),
  }),
  errors: [],
})

export const showPlugin = route({
  action: 'plugins.catalogue.show',
  rest: 'GET /plugins/:pluginId',
  summary: 'One plugin with all it brings',
  permission: manage,
  params: onePlugin,
  result: PluginDetail,
  errors: [pluginsRefusals.plugin_not_found.code, pluginsRefusals.verification_failed.code],
})

export const planPlugin = route({
  action: 'plugins.catalogue.plan',
  rest: 'GET /plugins/:pluginId/plan',
  summary: 'What a change to the plugin would do, without doing it',
  permission: manage,
  params: Object(
    {
      pluginId,
      /** Without one: `reload` when the plugin is enabled, `enable` otherwise. */
      action: Optional(plannedAction),
      version: Optional(version),
    },
    closed,
  ),
  result: Plan,
  errors: [
    pluginsRefusals.plugin_not_found.code,
    pluginsRefusals.release_not_found.code,
    pluginsRefusals.verification_failed.code,
    pluginsRefusals.nothing_to_roll_back_to.code,
  ],
})
