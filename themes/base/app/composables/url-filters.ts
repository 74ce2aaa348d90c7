import type { Ref } from 'vue'

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
      const query = { ...route.query }
      for (const name of names) {
        if (filters[name]) query[name] = filters[name]
        else delete query[name]
      }
      void router.replace({ query, hash: route.hash })
    },
  })
}
