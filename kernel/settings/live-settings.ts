export type SettingsValues = Readonly<Record<string, unknown>>

/** An owner's settings as they are now. */
export interface LiveSettings {
  /** Reads through to the newest values; secrets are in clear here. */
  readonly values: SettingsValues
  /** Told after a change, wherever it was made; answers how to stop being told. */
  onChange(listener: (values: SettingsValues) => void): () => void
}

/** An object that shows, at every look, what `read` answers then. */
export function liveView(read: () => SettingsValues): SettingsValues {
  return new Proxy<SettingsValues>(
    {},
    {
      get: (_, name) => Reflect.get(read(), name) as unknown,
      has: (_, name) => Reflect.has(read(), name),
      ownKeys: () => Reflect.ownKeys(read()),
      getOwnPropertyDescriptor: (_, name) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(read(), name)
        return descriptor && { ...descriptor, configurable: true }
      },
      set: () => false,
      deleteProperty: () => false,
    },
  )
}
