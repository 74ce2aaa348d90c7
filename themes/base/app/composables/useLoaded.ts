import type { MaybeRefOrGetter, Ref } from 'vue'

export interface Loaded<T> {
  /** Null until the first answer. What was loaded before stays while it is loaded again; a channel may write newer. */
  readonly data: Ref<T | null>
  /** Why the last loading failed; `data` is then of an earlier one. */
  readonly error: Readonly<Ref<unknown>>
  readonly isLoading: Readonly<Ref<boolean>>
  reload(): Promise<void>
}

const running = new WeakMap<object, Map<string, Promise<unknown>>>()

/** By the state of one tab, or of one request on the server: what is asked for one user is never another's. */
function runningLoads(state: object): Map<string, Promise<unknown>> {
  const known = running.get(state)
  if (known) return known
  const made = new Map<string, Promise<unknown>>()
  running.set(state, made)
  return made
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

  async function take(answering: Promise<T>): Promise<void> {
    const attempt = ++latest
    const name = toValue(key)
    isLoading.value = true
    try {
      const answer = await answering
      if (attempt !== latest) return
      answers.value[name] = answer
      error.value = null
    } catch (problem) {
      // The browser begins without the server's failure and asks for itself: until then, both draw what loads.
      if (attempt !== latest || import.meta.server) return
      error.value = problem
    }
    if (attempt === latest) isLoading.value = false
  }

  /** Parts of a page that come up together and need the same ask once. */
  function begin(): Promise<void> {
    const running = runningLoads(answers.value)
    const name = toValue(key)
    const answering = (running.get(name) as Promise<T> | undefined) ?? load()
    running.set(name, answering)
    const end = (): void => {
      if (running.get(name) === answering) running.delete(name)
    }
    answering.then(end, end)
    return take(answering)
  }

  onServerPrefetch(begin)
  if (import.meta.client) {
    void begin()
    watch(
      () => toValue(key),
      () => {
        error.value = null
        void begin()
      },
    )
  }
  return { data, error, isLoading, reload: () => take(load()) }
}
