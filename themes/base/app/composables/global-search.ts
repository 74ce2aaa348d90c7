import { search, type SearchGroup } from '@cambium/kernel/search/routes'
import { refDebounced, useLocalStorage } from '@vueuse/core'
import type { Ref } from 'vue'

const RECENT_MAX = 6
const WAIT_MS = 150

export interface RecentItem {
  readonly label: string
  readonly icon: string
  readonly to: string
}

/** The newest first, each place once. */
export function withRecent(items: readonly RecentItem[], item: RecentItem): RecentItem[] {
  return [item, ...items.filter(({ to }) => to !== item.to)].slice(0, RECENT_MAX)
}

export interface GlobalSearch {
  readonly text: Ref<string>
  readonly groups: Readonly<Ref<readonly SearchGroup[]>>
  /** Headings of sources that did not answer in time. */
  readonly missing: Readonly<Ref<readonly string[]>>
  readonly isSearching: Readonly<Ref<boolean>>
  readonly recent: Readonly<Ref<readonly RecentItem[]>>
  keep(item: RecentItem): void
}

/** Looks everywhere the reader may look, a moment after the last key; an older answer never replaces a newer one. */
export function useGlobalSearch(app: 'portal' | 'admin'): GlobalSearch {
  const api = useApi()
  const { t, te } = useI18n()
  const { user } = useSession()
  const text = ref('')
  const waited = refDebounced(text, WAIT_MS)
  const groups = shallowRef<readonly SearchGroup[]>([])
  const missing = shallowRef<readonly string[]>([])
  const isSearching = ref(false)
  // What one reader looked at on this device is not shown to the next.
  const recent = useLocalStorage<RecentItem[]>(`cambium:recent:${app}:${user.value?.id ?? ''}`, [])
  let running: AbortController | undefined

  function headingOf({ owner, title }: { readonly owner: string; readonly title: string }): string {
    return te(`${owner}.${title}`) ? t(`${owner}.${title}`) : owner
  }
  watch(text, (value) => (isSearching.value = value.trim() !== ''))
  watch(waited, async (value) => {
    running?.abort()
    if (value.trim() === '') {
      groups.value = missing.value = []
      isSearching.value = false
      return
    }
    const controller = new AbortController()
    running = controller
    try {
      const answer = await api(
        search,
        { text: value.trim().slice(0, 100), app },
        { signal: controller.signal },
      )
      if (running !== controller) return
      groups.value = answer.groups.map((group) => ({ ...group, title: headingOf(group) }))
      missing.value = answer.missing.map(headingOf)
    } catch {
      // Pages and actions are found without the server.
      if (running !== controller) return
      groups.value = []
    }
    if (running === controller) isSearching.value = false
  })
  return {
    text,
    groups,
    missing,
    isSearching,
    recent,
    keep: (item) => {
      recent.value = withRecent(recent.value, item)
    },
  }
}
