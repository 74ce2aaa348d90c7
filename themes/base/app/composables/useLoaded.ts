import type { MaybeRefOrGetter, Ref } from 'vue'

export interface Loaded<T> {
  /** Null until the first answer. What was loaded before stays while it is loaded again; a channel may write newer. */
  readonly data: Ref<T | null>
  /** Why the last loading failed; `data` is then of an earlier one. */
  readonly error: Readonly<Ref<unknown>>
  readonly isLoading: Readonly<Ref<boolean>>
  reload(): Promise<void>
}

/**
 * What a plugin's page loads, on the server when it is rendered there, kept under `key` for the browser and for coming
 * back. Another key loads anew: a page stays the same instance while its address changes.
 */
export function useLoaded<T>(key: MaybeRefOrGetter<string>, load: () => Promise<T>): Loaded<T> {
  const answers = usePluginState<Record<string, T>>('loaded', () => ({}))
  const error = shallowRef<unknown>(null)
  const data = computed<T | null>({
    get: () => answers.value[toValue(key)] ?? null,
    set: (answer) => {
      if (answer !== null) answers.value[toValue(key)] = answer
    },
  })
  const isLoading = ref(data.value === null)
  let latest = 0

  async function reload(): Promise<void> {
    const attempt = ++latest
    const name = toValue(key)
    isLoading.value = true
    try {
      const answer = await load()
      if (attempt !== latest) return
      answers.value[name] = answer
      error.value = null
    } catch (problem) {
      if (attempt === latest) error.value = problem
    }
    if (attempt === latest) isLoading.value = false
  }

  onServerPrefetch(reload)
  if (import.meta.client) {
    void reload()
    watch(
      () => toValue(key),
      () => {
        error.value = null
        void reload()
      },
    )
  }
  return { data, error, isLoading, reload }
}
