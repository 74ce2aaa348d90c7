import {
  Array,
  Boolean,
  Enum,
  Integer,
  Null,
  Number,
  Object,
  Optional,
  String,
  Union,
  type Static,
} from 'typebox'
import { id, route, timestamp } from '../contract/index.ts'
import { pluginsRefusals } from './refusals.ts'

export { pluginsRefusals } from './refusals.ts'

const manage = 'plugins.marketplace.manage'
const text = String()
const textOrNull = Union([String(), Null()])
const pluginId = String({ pattern: '^[a-z][a-z0-9-]*$', maxLength: 40 })
const onePlugin = Object({ pluginId }, { additionalProperties: false })
const app = Enum(['portal', 'admin'])

export const PermissionEntry = Object({ id: text, title: text, roles: Array(text) })

export const RouteEntry = Object({
  action: text,
  rest: text,
  summary: text,
  permission: text,
  isIdempotent: Boolean(),
})

export const PageEntry = Object({
  app,
  id: text,
  path: text,
  component: text,
  permission: textOrNull,
})

export const NavigationEntry = Object({ app, page: text, section: text, icon: text, order: Integer() })

export const SlotEntry = Object({ app, slot: text, id: text, component: text, order: Integer() })

export const ChannelEntry = Object({ name: text, title: text, access: text })

export const JobEntry = Object({ name: text, title: text, everyMs: Integer() })

export const GrantsEntry = Object({
  ledgerAccounts: Array(text),
  engineMarkets: Boolean(),
  houseAccounts: Boolean(),
  outboundHosts: Array(text),
})

export const DependencyEntry = Object({
  id: text,
  range: text,
  /** Of the plugin found; null when there is none. */
  version: textOrNull,
  state: Enum(['satisfied', 'disabled', 'missing', 'incompatible']),
})

/** What a plugin brings, read from its manifest without running it. */
const contributions = {
  permissions: Array(PermissionEntry),
  grants: GrantsEntry,
  accounts: Array(Object({ id: text, title: text })),
  routes: Array(RouteEntry),
  pages: Array(PageEntry),
  navigation: Array(NavigationEntry),
  slots: Array(SlotEntry),
  channels: Array(ChannelEntry),
  jobs: Array(JobEntry),
  dependencies: Array(DependencyEntry),
}

/**
 * A step of an operation, in the order they run; `undo` appears only when an attempt failed after it had changed the
 * database. `detail` is a short English sentence for the timeline.
 */
export const OperationStep = Object({
  name: Enum(['verify', 'stage', 'migrate', 'start', 'probe', 'flip', 'drain', 'dispose', 'undo']),
  state: Enum(['waiting', 'running', 'done', 'failed', 'skipped']),
  /** Null while it waits or runs. */
  ms: Union([Number(), Null()]),
  detail: Optional(text),
})
export type OperationStep = Static<typeof OperationStep>

/**
 * One change to a plugin. A `failed` one changed nothing: what served before serves on, and `reason` says why.
 * `start` is the kernel's own, when it starts what was enabled.
 */
export const Operation = Object({
  id,
  pluginId,
  action: Enum(['enable', 'disable', 'reload', 'start']),
  state: Enum(['running', 'done', 'failed']),
  version: textOrNull,
  /** The generation serving afterwards; null when none does. */
  generation: Union([Integer(), Null()]),
  steps: Array(OperationStep),
  reason: textOrNull,
  startedAt: timestamp,
  finishedAt: Union([timestamp, Null()]),
})
export type Operation = Static<typeof Operation>

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

/** Answers when the operation has ended; a failed operation is an answer, not a refusal: read its `state`. */
export const enablePlugin = route({
  action: 'plugins.lifecycle.enable',
  rest: 'POST /plugins/:pluginId/enable',
  summary: 'Enable a plugin in the running platform',
  permission: manage,
  params: onePlugin,
  result: Operation,
  errors: [
    pluginsRefusals.plugin_not_found.code,
    pluginsRefusals.plugin_already_enabled.code,
    pluginsRefusals.verification_failed.code,
    pluginsRefusals.dependency_missing.code,
    pluginsRefusals.operation_running.code,
  ],
})

export const disablePlugin = route({
  action: 'plugins.lifecycle.disable',
  rest: 'POST /plugins/:pluginId/disable',
  summary: 'Disable a plugin; its data stay',
  permission: manage,
  params: onePlugin,
  result: Operation,
  errors: [
    pluginsRefusals.plugin_not_found.code,
    pluginsRefusals.plugin_already_disabled.code,
    pluginsRefusals.dependants_enabled.code,
    pluginsRefusals.operation_running.code,
  ],
})

export const reloadPlugin = route({
  action: 'plugins.lifecycle.reload',
  rest: 'POST /plugins/:pluginId/reload',
  summary: 'Replace an enabled plugin by what is in its folder now, without losing a request',
  permission: manage,
  params: onePlugin,
  result: Operation,
  errors: [
    pluginsRefusals.plugin_not_found.code,
    pluginsRefusals.plugin_not_enabled.code,
    pluginsRefusals.verification_failed.code,
    pluginsRefusals.dependency_missing.code,
    pluginsRefusals.operation_running.code,
  ],
})

export const listOperations = route({
  action: 'plugins.operations.list',
  rest: 'GET /plugins/:pluginId/operations',
  summary: 'The last fifty changes to a plugin, newest first',
  permission: manage,
  params: onePlugin,
  result: Object({ items: Array(Operation) }),
  errors: [pluginsRefusals.plugin_not_found.code],
})

const Contribution = Object({}, { additionalProperties: true })

/** Typed in full as `UiManifest` in `ui-manifest.ts`; the schema keeps the members a frontend cannot do without. */
export const UiManifestAnswer = Object({
  app,
  revision: Integer(),
  stylesheet: textOrNull,
  plugins: Array(
    Object({
      id: text,
      name: text,
      version: text,
      hash: text,
      module: text,
      css: textOrNull,
      ssr: textOrNull,
      integrity: Object({ module: text, ssr: textOrNull }),
      titles: Object({}, { additionalProperties: true }),
      pages: Array(Contribution),
      navigation: Array(Contribution),
      slots: Array(Contribution),
    }),
  ),
})

export const showUi = route({
  action: 'platform.ui.show',
  rest: 'GET /platform/ui/:app',
  summary: 'What a frontend shows of the enabled plugins',
  permission: 'public',
  params: Object({ app }, { additionalProperties: false }),
  result: UiManifestAnswer,
  errors: [pluginsRefusals.still_starting.code],
})

export const reportPageError = route({
  action: 'platform.ui.report',
  rest: 'POST /platform/ui/report',
  summary: 'Tell the operator that a page of a plugin failed in the browser or while rendering',
  permission: 'public',
  params: Object(
    {
      app,
      pluginId,
      /** Of the plugin's pages, from the UI manifest. */
      hash: String({ maxLength: 64 }),
      /** Page or slot id, or `load` when the module itself failed. */
      contribution: String({ maxLength: 120 }),
      message: String({ maxLength: 1000 }),
      stack: Optional(String({ maxLength: 8000 })),
    },
    { additionalProperties: false },
  ),
  result: Object({}),
  errors: [],
  rateLimit: { points: 30, durationSeconds: 60, per: 'address' },
})
