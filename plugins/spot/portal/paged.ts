import { onMounted, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'

export interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor?: string
}

export interface Paged<T> {
  readonly rows: ShallowRef<readonly T[] | null>
  readonly error: Ref<unknown>
  readonly isLoading: Ref<boolean>
  readonly hasMore: Readonly<Ref<boolean>>
  /** From the first page on; rows shown stay until it is there. */
  reload(): Promise<void>
  more(): Promise<void>
}

/** A list that is read page by page, and from its beginning when one of `sources` changes. */
export function usePaged<T>(
  load: (cursor: string | undefined) => Promise<Page<T>>,
  sources: () => unknown,
): Paged<T> {
  const rows = shallowRef<readonly T[] | null>(null)
  const error = ref<unknown>(null)
  const isLoading = ref(false)
  const hasMore = ref(false)
  let nextCursor: string | undefined
  let latest = 0

  async function read(cursor: string | undefined): Promise<void> {
    const attempt = ++latest
    isLoading.value = true
    try {
      const page = await load(cursor)
      if (attempt !== latest) return
      rows.value = cursor === undefined ? page.items : [...(rows.value ?? []), ...page.items]
      nextCursor = page.nextCursor
      hasMore.value = nextCursor !== undefined
      error.value = null
    } catch (problem) {
      if (attempt === latest) error.value = problem
    }
    if (attempt === latest) isLoading.value = false
  }

  onMounted(() => read(undefined))
  watch(sources, () => void read(undefined))
  return {
    rows,
    error,
    isLoading,
    hasMore,
    reload: () => read(undefined),
    more: () => read(nextCursor),
  }
}
