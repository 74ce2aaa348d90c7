import { watchDebounced } from '@vueuse/core'
import { computed, getCurrentInstance, onMounted, onScopeDispose, ref, shallowRef, type Ref } from 'vue'
import type { ListSource } from '../ui/parts.ts'

interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor?: string
}

const KEPT_MAX = 20
/** First pages of lists that were left, for coming back; the oldest goes first. Of this tab alone. */
const keptPages = new Map<string, Page<unknown>>()

/** What lists have kept belongs to one user. */
export function forgetLists(): void {
  keptPages.clear()
}

function keep(key: string, page: Page<unknown>): void {
  keptPages.delete(key)
  keptPages.set(key, page)
  const [oldest] = keptPages.keys()
  if (keptPages.size > KEPT_MAX && oldest !== undefined) keptPages.delete(oldest)
}

/** The list of one component at one address under one filter; null where nobody can come back. */
function placeOf(watched: (() => unknown) | undefined): () => string | null {
  const name = getCurrentInstance()?.type.__name
  if (import.meta.server || name === undefined) return () => null
  const address = location.pathname
  return () => `${address} ${name} ${JSON.stringify(watched?.())}`
}

/**
 * A list read page by page, and from its beginning when `watched` (its filters) changes. Come back to, it shows its first
 * page as it was and reads it again behind it. A component has one.
 */
export function usePagedList<T>(
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
  watched?: () => unknown,
): ListSource<T> {
  const place = placeOf(watched)
  const kept = keptPages.get(place() ?? '') as Page<T> | undefined
  const items = shallowRef<readonly T[] | null>(kept?.items ?? null)
  const error = shallowRef<unknown>(null)
  const isLoading = ref(true)
  const cursor = ref<string | undefined>(kept?.nextCursor)
  let running: AbortController | undefined

  async function read(from: string | undefined): Promise<void> {
    running?.abort()
    const current = (running = new AbortController())
    isLoading.value = true
    try {
      const page = await load(from, current.signal)
      if (current.signal.aborted) return
      const key = place()
      if (from === undefined && key !== null) keep(key, page)
      items.value = from === undefined ? page.items : [...(items.value ?? []), ...page.items]
      cursor.value = page.nextCursor
      error.value = null
    } catch (reason) {
      if (current.signal.aborted) return
      error.value = reason
    }
    isLoading.value = false
  }

  // Not on every letter typed; under a stream of changes still once a second.
  if (watched) watchDebounced(watched, () => void read(undefined), { debounce: 200, maxWait: 1_000 })
  onMounted(() => read(undefined))
  onScopeDispose(() => running?.abort())
  return {
    items,
    error,
    isLoading,
    hasMore: computed(() => cursor.value !== undefined),
    refresh: () => read(undefined),
    more: () => (cursor.value === undefined ? Promise.resolve() : read(cursor.value)),
  }
}

interface Reading {
  readonly error: Readonly<Ref<unknown>>
  readonly isLoading: Readonly<Ref<boolean>>
  refresh(): Promise<void>
}

/** Rows that come all at once, as a list takes them; `reading` is what brought them. */
export function wholeList<T>(
  items: Readonly<Ref<readonly T[] | null>>,
  { error, isLoading, refresh }: Reading,
): ListSource<T> {
  return { items, error, isLoading, refresh, hasMore: ref(false), more: () => Promise.resolve() }
}
