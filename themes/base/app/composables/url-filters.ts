import type { Ref } from 'vue'
import type { LocationQueryRaw, Router } from 'vue-router'

/** What the address becomes at the end of this turn: two writers in one turn must not undo each other. */
const coming = new WeakMap<Router, LocationQueryRaw>()

/** Filters kept in the address: a view can be linked, reloaded and walked back to. Unknown query members stay. */
export function useUrlFilters<K extends string>(names: readonly K[]): Ref<Partial<Record<K, string>>> {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get: () => {
      const filters: Partial<Record<K, string>> = {}
      for (const name of names) {
        const value = route.query[name]
        if (typeof value === 'string' && value !== '') filters[name] = value
      }
      return filters
    },
    set: (filters) => {
      const before = coming.get(router)
      const query = { ...(before ?? route.query) }
      for (const name of names) {
        if (filters[name]) query[name] = filters[name]
        else delete query[name]
      }
      coming.set(router, query)
      if (before) return
      queueMicrotask(() => {
        const after = coming.get(router) ?? {}
        coming.delete(router)
        void router.replace({ query: after, hash: route.hash })
      })
    },
  })
}
