import { useIntervalFn } from '@vueuse/core'
import type { Ref } from 'vue'

/** Something read from the platform, in every state a page has to draw. */
export interface Resource<T> {
  readonly data: Ref<T | null>
  /** Why the last reading failed; `data` may still hold what was read before. */
  readonly error: Ref<unknown>
  readonly isLoading: Ref<boolean>
  /** There is data, but the last attempt to renew it failed. */
  readonly isStale: Ref<boolean>
  refresh(): Promise<void>
}

interface ResourceOptions {
  /** Remembers the last answer under this name, so that coming back to a page draws at once and renews behind. */
  readonly key?: () => string
  /** Reads anew on change. */
  readonly watch?: () => unknown
  /** Reads anew every so often while the tab is looked at. */
  readonly everyMs?: number
}

const remembered = new Map<string, unknown>()

/** Reads with `load` now, on change and at intervals. An answer overtaken by a later question is dropped. */
export function useResource<T>(
  load: (signal: AbortSignal) => Promise<T>,
  options: ResourceOptions = {},
): Resource<T> {
  const remember = (): T | null => (remembered.get(options.key?.() ?? '') as T | undefined) ?? null
  const data = shallowRef<T | null>(remember())
  const error = shallowRef<unknown>(null)
  const isLoading = ref(true)
  let running: AbortController | undefined

  async function refresh(): Promise<void> {
    running?.abort()
    const current = (running = new AbortController())
    isLoading.value = true
    try {
      const answer = await load(current.signal)
      if (current.signal.aborted) return
      data.value = answer
      error.value = null
      if (options.key) remembered.set(options.key(), answer)
    } catch (reason) {
      if (current.signal.aborted) return
      error.value = reason
    }
    isLoading.value = false
  }

  if (options.watch) {
    watch(options.watch, () => {
      data.value = remember()
      void refresh()
    })
  }
  if (options.everyMs) {
    useIntervalFn(() => {
      if (document.visibilityState === 'visible' && !isLoading.value) void refresh()
    }, options.everyMs)
  }
  onScopeDispose(() => running?.abort())
  void refresh()
  return {
    data,
    error,
    isLoading,
    isStale: computed(() => data.value !== null && error.value !== null),
    refresh,
  }
}
