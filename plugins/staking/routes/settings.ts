import type { PluginManifest } from '@cambium/kernel'

export const stakingSettings: NonNullable<PluginManifest['settings']> = {
  type: 'object',
  properties: {
    runwayWarningDays: {
      type: 'integer',
      title: 'Warn when a reward fund lasts less than so many days',
      minimum: 1,
      maximum: 365,
      default: 14,
    },
  },
}
