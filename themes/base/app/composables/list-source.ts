import { watchDebounced } from '@vueuse/core'
import { computed, onMounted, onScopeDispose, ref, shallowRef, type Ref } from 'vue'
import type { ListSource } from '../ui/parts.ts'

interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor?: string
}

/** A list read page by page, and from its beginning when `watched` (its filters) changes. */
export function usePagedList<T>(
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
  watched?: () => unknown,
): ListSource<T> {
  const items = shallowRef<readonly T[] | null>(null)
  const error = shallowRef<unknown>(null)
  const isLoading = ref(true)
  const cursor = ref<string>()
  let running: AbortController | undefined

  async function read(from: string | undefined): Promise<void> {
    running?.abort()
    const current = (running = new AbortController())
    isLoading.value = true
    try {
      const page = await load(from, current.signal)
      if (current.signal.aborted) return
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
