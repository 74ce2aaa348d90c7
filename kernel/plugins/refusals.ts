import { refusals } from '../contract/index.ts'

export const pluginsRefusals = refusals('plugins', {
  plugin_not_found: { status: 404, message: 'There is no plugin of this name.' },
  plugin_disabled: { status: 404, message: 'This product is not enabled.', retryable: true },
  plugin_already_enabled: { status: 409, message: 'The plugin is enabled already.' },
  plugin_already_disabled: { status: 409, message: 'The plugin is disabled already.' },
  plugin_not_enabled: { status: 409, message: 'Only an enabled plugin can be reloaded.' },
  dependency_missing: { status: 422, message: 'The plugin needs another one that is not enabled.' },
  dependants_enabled: { status: 422, message: 'Other enabled plugins need this one.' },
  operation_running: {
    status: 409,
    message: 'Another change to a plugin is under way.',
    retryable: true,
  },
  verification_failed: { status: 422, message: 'The plugin breaks rules of the platform.' },
  still_starting: { status: 503, message: 'The platform is still starting.', retryable: true },
  grant_missing: { status: 403, message: 'The plugin was not granted this.' },
})
