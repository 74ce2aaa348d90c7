import type { SettingsSchema } from '../plugins/manifest.ts'

/** A part of the platform, or a plugin, that operators can set. */
export interface SettingsOwner {
  readonly id: string
  readonly name: string
  readonly icon: string
  readonly isPlatform: boolean
  readonly isRunning: boolean
  readonly schema: SettingsSchema
}

/** Where owners are found, running or not. */
export interface SettingsOwners {
  list(): Promise<readonly SettingsOwner[]>
}
