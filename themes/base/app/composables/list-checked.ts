import { computed, shallowRef, type ComputedRef } from 'vue'

export interface CheckedRows<R> {
  /** Only rows that are in the list now. */
  readonly rows: ComputedRef<readonly R[]>
  readonly keys: ComputedRef<ReadonlySet<string>>
  readonly isAll: ComputedRef<boolean>
  /** With `isRange`, all rows from the one changed last take its new state. */
  toggle(row: R, isRange?: boolean): void
  toggleAll(): void
  /** Leaves only these. */
  keep(rows: readonly R[]): void
}

/** Keys from `from` to `to` in the order of the list, in whichever direction. */
export function keysBetween(keys: readonly string[], from: string, to: string): readonly string[] {
  const [start, end] = [keys.indexOf(from), keys.indexOf(to)]
  if (start < 0 || end < 0) return [to]
  return keys.slice(Math.min(start, end), Math.max(start, end) + 1)
}

/** Which rows of a list are checked. A row that has left the list is not, and is again when it comes back. */
export function useCheckedRows<R>(list: () => readonly R[], keyOf: (row: R) => string): CheckedRows<R> {
  const checked = shallowRef<ReadonlySet<string>>(new Set())
  let last: string | undefined
  const rows = computed(() => list().filter((row) => checked.value.has(keyOf(row))))
  const isAll = computed(() => rows.value.length > 0 && rows.value.length === list().length)
  return {
    rows,
    isAll,
    keys: computed(() => new Set(rows.value.map(keyOf))),
    toggle(row, isRange = false) {
      const key = keyOf(row)
      const isOn = !checked.value.has(key)
      const next = new Set(checked.value)
      const changed = isRange && last !== undefined ? keysBetween(list().map(keyOf), last, key) : [key]
      for (const one of changed) {
        if (isOn) next.add(one)
        else next.delete(one)
      }
      checked.value = next
      last = key
    },
    toggleAll() {
      checked.value = new Set(isAll.value ? [] : list().map(keyOf))
    },
    keep(kept) {
      checked.value = new Set(kept.map(keyOf))
      last = undefined
    },
  }
}
