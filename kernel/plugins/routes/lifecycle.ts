import { Boolean, Enum, Object, Optional, String } from 'typebox'
import { id, route } from '../../contract/index.ts'
import { pluginsRefusals } from '../refusals.ts'
import { PluginSummary } from './catalogue.ts'
import { Operation } from './operations.ts'
import { manage, onePlugin, pluginId, text, tier, version } from './words.ts'

const closed = { additionalProperties: false }

/** Refusals of every change that starts a release. */
const upErrors = [
  pluginsRefusals.plugin_not_found.code,
  pluginsRefusals.release_not_found.code,
  pluginsRefusals.verification_failed.code,
  pluginsRefusals.dependency_missing.code,
  pluginsRefusals.dependency_cycle.code,
  pluginsRefusals.grants_not_approved.code,
  pluginsRefusals.operation_running.code,
]

/** Answers when the operation has ended; a failed operation is an answer, not a refusal: read its `state`. */
export const enablePlugin = route({
  action: 'plugins.lifecycle.enable',
  rest: 'POST /plugins/:pluginId/enable',
  summary: 'Enable a plugin in the running platform',
  permission: manage,
  params: Object(
    {
      pluginId,
      /** The release that served last, or else the newest there is. */
      version: Optional(version),
      /** All that it asks for (and, with dependencies, all that they ask for) is approved herewith. */
      approveGrants: Optional(Boolean()),
      /** Enables what it needs first; when one of them fails, those before it are disabled again. */
      withDependencies: Optional(Boolean()),
    },
    closed,
  ),
  result: Operation,
  errors: [
    ...upErrors,
    pluginsRefusals.plugin_already_enabled.code,
    pluginsRefusals.plugin_quarantined.code,
    pluginsRefusals.version_must_be_newer.code,
  ],
})

export const disablePlugin = route({
  action: 'plugins.lifecycle.disable',
  rest: 'POST /plugins/:pluginId/disable',
  summary: 'Disable a plugin; its data stay',
  permission: manage,
  params: Object(
    {
      pluginId,
      /** Disables those that need it first; when one of them fails, those before it are enabled again. */
      withDependants: Optional(Boolean()),
    },
    closed,
  ),
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
  params: Object({ pluginId, approveGrants: Optional(Boolean()) }, closed),
  result: Operation,
  errors: [
    ...upErrors,
    pluginsRefusals.plugin_not_enabled.code,
    pluginsRefusals.plugin_pinned.code,
    pluginsRefusals.version_must_be_newer.code,
  ],
})

export const upgradePlugin = route({
  action: 'plugins.lifecycle.upgrade',
  rest: 'POST /plugins/:pluginId/upgrade',
  summary: 'Replace the serving version of a plugin by a newer one, without losing a request',
  permission: manage,
  params: Object({ pluginId, version, approveGrants: Optional(Boolean()) }, closed),
  result: Operation,
  errors: [
    ...upErrors,
    pluginsRefusals.plugin_not_enabled.code,
    pluginsRefusals.plugin_pinned.code,
    pluginsRefusals.version_must_be_newer.code,
  ],
})

export const rollbackPlugin = route({
  action: 'plugins.lifecycle.rollback',
  rest: 'POST /plugins/:pluginId/rollback',
  summary: 'Go back to the version that served before the last upgrade',
  permission: manage,
  params: onePlugin,
  result: Operation,
  errors: [
    pluginsRefusals.plugin_not_found.code,
    pluginsRefusals.nothing_to_roll_back_to.code,
    pluginsRefusals.verification_failed.code,
    pluginsRefusals.dependency_missing.code,
    pluginsRefusals.operation_running.code,
  ],
})

export const pinPlugin = route({
  action: 'plugins.lifecycle.pin',
  rest: 'POST /plugins/:pluginId/pin',
  summary: 'Keep a plugin at its version, or let it be upgraded again',
  permission: manage,
  params: Object({ pluginId, isPinned: Boolean() }, closed),
  result: PluginSummary,
  errors: [pluginsRefusals.plugin_not_found.code],
})

export const isolatePlugin = route({
  action: 'plugins.lifecycle.isolate',
  rest: 'POST /plugins/:pluginId/tier',
  summary: 'Run a plugin in the kernel’s process, in a thread or in a process of its own',
  permission: manage,
  params: Object({ pluginId, tier }, closed),
  result: Operation,
  errors: [...upErrors],
})

export const releaseQuarantine = route({
  action: 'plugins.lifecycle.releaseQuarantine',
  rest: 'POST /plugins/:pluginId/release-quarantine',
  summary: 'Start a plugin again that was taken out of service because it kept failing',
  permission: manage,
  params: onePlugin,
  result: Operation,
  errors: [...upErrors, pluginsRefusals.plugin_not_quarantined.code],
})

export const uninstallPlugin = route({
  action: 'plugins.lifecycle.uninstall',
  rest: 'POST /plugins/:pluginId/uninstall',
  summary: 'Remove a disabled plugin: keep its data, export them first, or delete them',
  permission: manage,
  params: Object(
    {
      pluginId,
      /** `export` keeps them as well, and writes them to a file; `purge` deletes all the plugin ever had. */
      data: Enum(['keep', 'export', 'purge']),
      /** For `purge`: the plugin's id, typed by the operator. */
      confirmation: Optional(String({ maxLength: 40 })),
    },
    closed,
  ),
  result: Operation,
  errors: [
    pluginsRefusals.plugin_not_found.code,
    pluginsRefusals.still_enabled.code,
    pluginsRefusals.confirmation_missing.code,
    pluginsRefusals.accounts_hold_money.code,
    pluginsRefusals.dependants_enabled.code,
    pluginsRefusals.operation_running.code,
  ],
})

/** Answered as the file itself. */
export const readExport = route({
  action: 'plugins.exports.read',
  rest: 'GET /plugins/:pluginId/exports/:exportId',
  summary: 'The file that an uninstall with export wrote',
  permission: manage,
  params: Object({ pluginId, exportId: id }, closed),
  result: Object({ name: text, file: text }),
  answer: 'file',
  errors: [pluginsRefusals.plugin_not_found.code, pluginsRefusals.export_not_found.code],
})
