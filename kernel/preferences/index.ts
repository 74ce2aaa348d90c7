export { createPreferences, type Preferences, type PreferencesOptions } from './preferences.ts'
