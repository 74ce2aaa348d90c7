import { listOwnToggles } from '@cambium/kernel/toggles/routes'
import type { ToggleDeclaration } from '@cambium/kernel/contract'
import type { ComputedRef, Ref } from 'vue'

const SPREAD_MS = 400

/** What is not at its default for the reader. */
export function useTogglesState(): Ref<Readonly<Record<string, boolean>>> {
  return useState('cambium:toggles', () => ({}))
}

/** Whether a feature is on for the reader; as it changes, in open pages too. The server decides what may be done, this only hides. */
export function useToggle({ id, isOnByDefault }: ToggleDeclaration): ComputedRef<boolean> {
  const state = useTogglesState()
  return computed(() => state.value[id] ?? isOnByDefault)
}

/** Follows changes while the frame is on screen. */
export function useTogglesLive(): void {
  const api = useApi()
  const { user } = useSession()
  const state = useTogglesState()
  let asked = 0
  async function read(): Promise<void> {
    const question = (asked += 1)
    try {
      const { values } = await api(listOwnToggles, {})
      if (question === asked) state.value = values
    } catch {
      // What is shown stays; the next change asks again.
    }
  }
  useChannel<unknown>('toggles.changes:all', {
    onSnapshot: () => void read(),
    // Every open page is told at once: they ask one after the other.
    onMessage: () => void setTimeout(() => void read(), Math.random() * SPREAD_MS),
  })
  watch(
    () => user.value?.id,
    () => void read(),
  )
}
