export interface SettingsChanged {
  readonly owner: string
  readonly revision: number
}

/** Told whose settings were changed, wherever that was, and after a lost connection once for all (`owner` is empty). */
export function useSettingsChanges(listener: (change: SettingsChanged) => void): void {
  let isFirst = true
  useChannel<unknown, SettingsChanged>('settings.changes:all', {
    onSnapshot: () => {
      if (!isFirst) listener({ owner: '', revision: 0 })
      isFirst = false
    },
    onMessage: listener,
  })
}
