import { listLegal, listOwedAcceptances, type LegalTitle } from '@cambium/kernel/legal/routes'
import type { ComputedRef, Ref } from 'vue'

/** Timers count milliseconds in 32 bits. */
const WAIT_MS_MAX = 2 ** 31 - 1

export function useLegalState(): Ref<readonly LegalTitle[] | null> {
  return useState('portal:legal', () => null)
}

export interface LegalLink {
  readonly document: string
  readonly version: number
  readonly asksAcceptance: boolean
  readonly title: string
  readonly to: string
}

/** The documents in force, by their titles in the reader's language. */
export function useLegalLinks(): {
  readonly links: ComputedRef<readonly LegalLink[]>
  refresh(): Promise<void>
} {
  const state = useLegalState()
  const { locale } = useI18n()
  const api = useApi()
  return {
    links: computed(() => (state.value ?? []).map((one) => linkOf(one, locale.value))),
    async refresh() {
      state.value = (await api(listLegal, {})).items
    },
  }
}

function linkOf({ document, version, asksAcceptance, titles }: LegalTitle, locale: string): LegalLink {
  const title = titles[locale] ?? titles.en ?? document
  return { document, version, asksAcceptance, title, to: `/legal/${document}` }
}

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
