import { watchDebounced } from '@vueuse/core'
import type { Ref } from 'vue'

interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor?: string
}

export interface PagedList<T> {
  readonly items: Ref<readonly T[] | null>
  readonly error: Ref<unknown>
  readonly isLoading: Ref<boolean>
  readonly hasMore: Ref<boolean>
  /** From the first page on. */
  refresh(): Promise<void>
  more(): Promise<void>
}

/** A list read page by page; starts over when `watched` (its filters) changes. */
export function usePagedList<T>(
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
  watched?: () => unknown,
): PagedList<T> {
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

  if (watched) watchDebounced(watched, () => void read(undefined), { debounce: 200 })
  onScopeDispose(() => running?.abort())
  void read(undefined)
  return {
    items,
    error,
    isLoading,
    hasMore: computed(() => cursor.value !== undefined),
    refresh: () => read(undefined),
    more: () => (cursor.value === undefined ? Promise.resolve() : read(cursor.value)),
  }
}
