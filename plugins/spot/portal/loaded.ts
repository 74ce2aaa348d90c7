import { onServerPrefetch, ref, type Ref } from 'vue'
import { usePluginState } from '@cambium/ui'

export interface Loaded<T> {
  /** Null until the first answer. What was loaded before stays while it is loaded again. */
  readonly data: Ref<T | null>
  readonly error: Ref<unknown>
  readonly isLoading: Ref<boolean>
  reload(): Promise<void>
}

/** Loads once, on the server when the page is rendered there, and keeps the answer under `key` for the browser. */
export function useLoaded<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const data = usePluginState<T | null>(`spot/${key}`, () => null) as Ref<T | null>
  const error = ref<unknown>(null)
  const isLoading = ref(data.value === null)
  let latest = 0

  async function reload(): Promise<void> {
    const attempt = ++latest
    isLoading.value = true
    try {
      const answer = await load()
      if (attempt !== latest) return
      data.value = answer
      error.value = null
    } catch (problem) {
      if (attempt === latest) error.value = problem
    }
    if (attempt === latest) isLoading.value = false
  }

  onServerPrefetch(reload)
  if (typeof window !== 'undefined') void reload()
  return { data, error, isLoading, reload }
}
