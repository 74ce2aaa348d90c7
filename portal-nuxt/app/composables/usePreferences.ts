import { listPreferences, setPreference } from '@cambium/kernel/preferences/routes'
import type { WritableComputedRef } from 'vue'

type Preferences = Readonly<Record<string, unknown>>

/** What the account keeps about how the portal looks; undefined until it was asked for. */
export function usePreferencesState() {
  return useState<Preferences | undefined>('portal:preferences', () => undefined)
}

/** Asks before anything is drawn, so that the first paint is the user's own. */
export async function loadPreferences(api: ReturnType<typeof useApi>): Promise<Preferences> {
  const { items } = await api(listPreferences, {}, { signal: AbortSignal.timeout(3_000) })
  return items
}

/**
 * One preference. What is written is drawn at once, and kept by the server: where it could not be, it is taken back and
 * said. `read` answers null for what it does not understand.
 */
export function usePreference<T>(preferenceId: string, read: (value: unknown) => T): WritableComputedRef<T> {
  const state = usePreferencesState()
  const api = useApi()
  const toast = useToast()
  const problemText = useProblemText()

  async function keep(value: T): Promise<void> {
    const before = state.value?.[preferenceId] ?? null
    state.value = { ...state.value, [preferenceId]: value }
    try {
      await api(setPreference, { preferenceId, value: value ?? null })
    } catch (error) {
      // What was chosen since stays, here and at other preferences.
      if (state.value[preferenceId] === value) state.value = { ...state.value, [preferenceId]: before }
      toast.add({ title: problemText(error), color: 'error', icon: 'i-lucide-circle-alert' })
    }
  }
  return computed({
    get: () => read(state.value?.[preferenceId] ?? null),
    set: (value) => void keep(value),
  })
}

/** Whether the own amounts are hidden, in every page of the portal. */
export function useHiddenAmounts(): WritableComputedRef<boolean> {
  return usePreference('portal.amountsHidden', (value) => value === true)
}
