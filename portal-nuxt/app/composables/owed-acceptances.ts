import { listOwedAcceptances, type LegalTitle } from '@cambium/kernel/legal/routes'
import type { Ref } from 'vue'

/** Timers count milliseconds in 32 bits. */
const WAIT_MS_MAX = 2 ** 31 - 1

/** What the user has still to accept, as it changes; asked for in the browser only. */
export function useOwedAcceptances(): {
  readonly owed: Ref<readonly LegalTitle[]>
  read(): Promise<void>
} {
  const { user } = useSession()
  const api = useApi()
  const { refresh } = useLegalLinks()
  const owed = shallowRef<readonly LegalTitle[]>([])
  let timer: ReturnType<typeof setTimeout> | undefined

  async function read(): Promise<void> {
    clearTimeout(timer)
    const asker = user.value?.id
    if (asker === undefined) {
      owed.value = []
      return
    }
    try {
      const { items, nextAt } = await api(listOwedAcceptances, {})
      if (user.value?.id !== asker) return
      owed.value = items
      // The server says who owes what: a clock that is ahead only asks early, and then again.
      if (nextAt)
        timer = setTimeout(
          () => void read(),
          Math.min(WAIT_MS_MAX, Math.max(1_000, Date.parse(nextAt) - Date.now())),
        )
    } catch {
      // Asked again with the next change, sign-in or page: nobody is kept out because an answer is missing.
    }
  }
  useChannel<unknown>('legal.changes:all', {
    onSnapshot: () => undefined,
    onMessage: () => void Promise.all([read(), refresh().catch(() => undefined)]),
  })
  useChannel<unknown>(() => (user.value ? 'legal.acceptances:me' : null), {
    onSnapshot: () => undefined,
    onMessage: () => void read(),
  })
  onMounted(() => {
    watch(
      () => user.value?.id,
      () => void read(),
      { immediate: true },
    )
  })
  onScopeDispose(() => clearTimeout(timer))
  return { owed, read }
}
