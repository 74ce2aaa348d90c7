import type { MaybeRefOrGetter } from 'vue'

/**
 * What a page loads, kept under `key` when the page is left: coming back shows it at once and reads it again behind it.
 * Ends with the session; see `session-end` in the layer.
 */
export function useKeptData<T>(key: MaybeRefOrGetter<string>, load: () => Promise<T>) {
  let isDue = false
  function renewSoon(): void {
    if (isDue) return
    isDue = true
    void nextTick(() => {
      isDue = false
      void request.refresh()
    })
  }
  const request = useAsyncData(key, load, {
    getCachedData: (name, { isHydrating, payload }, { cause }): T | undefined => {
      const kept = payload.data[name] as T | undefined
      if (isHydrating) return kept
      if (import.meta.server || cause !== 'initial') return undefined
      if (kept !== undefined) renewSoon()
      return kept
    },
  })
  return request
}
