export type { LiveSettings, SettingsValues } from './live-settings.ts'
export { createSecretBox, provideKeys, type SecretBox } from './secrets.ts'
export { createSettings, type Settings, type SettingsOptions } from './settings.ts'
export { settingsRules } from './settings-schema.ts'
