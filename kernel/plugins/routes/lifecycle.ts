import { route } from '../../contract/index.ts'
import { pluginsRefusals } from '../refusals.ts'
import { Operation } from './operations.ts'
import { manage, onePlugin } from './words.ts'

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
