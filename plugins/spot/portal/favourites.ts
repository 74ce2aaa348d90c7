import { onMounted, shallowRef, type ShallowRef } from 'vue'

const storageKey = 'spot.favourites'

/** Markets the reader has starred. They stay in this browser; the server renders none. */
export function useFavourites(): {
  readonly favourites: ShallowRef<ReadonlySet<string>>
  toggle(marketId: string): void
} {
  const favourites = shallowRef<ReadonlySet<string>>(new Set())
  onMounted(() => {
    favourites.value = readFavourites(localStorage.getItem(storageKey))
  })
  return {
    favourites,
    toggle(marketId) {
      const next = new Set(favourites.value)
      if (!next.delete(marketId)) next.add(marketId)
      favourites.value = next
      localStorage.setItem(storageKey, JSON.stringify([...next]))
    },
  }
}

/** Whatever else stands in the storage, it is no reason to fail. */
export function readFavourites(stored: string | null): ReadonlySet<string> {
  try {
    const value: unknown = JSON.parse(stored ?? '[]')
    return new Set(Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [])
  } catch {
    return new Set()
  }
}
