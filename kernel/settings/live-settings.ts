export type SettingsValues = Readonly<Record<string, unknown>>

/** An owner's settings as they are now. */
export interface LiveSettings {
  /** Reads through to the newest values; secrets are in clear here. */
  readonly values: SettingsValues
  /** Told after a change, wherever it was made; answers how to stop being told. */
  onChange(listener: (values: SettingsValues) => void): () => void
}
