import type { ListColumn } from '../ui/parts.ts'

/** `price` sorts by the column upwards, `-price` downwards: as it stands in the address. */
export type Sorting = string | undefined

export function sortedColumn(sorting: Sorting): { readonly id: string; readonly isDown: boolean } | null {
  if (!sorting) return null
  return sorting.startsWith('-') ? { id: sorting.slice(1), isDown: true } : { id: sorting, isDown: false }
}

/** Up, then down, then as the list came. */
export function nextSorting(sorting: Sorting, id: string): Sorting {
  const current = sortedColumn(sorting)
  if (current?.id !== id) return id
  return current.isDown ? undefined : `-${id}`
}

type Value = string | number | null

/** Names are in the order of the reader's language. */
function comparison(locale: string | undefined): (left: Value, right: Value) => number {
  const { compare } = new Intl.Collator(locale)
  return (left, right) => {
    if (left === null || right === null) return Number(left === null) - Number(right === null)
    if (typeof left === 'number' && typeof right === 'number') return left - right
    return compare(String(left), String(right))
  }
}

/** Rows without a difference keep their order; a column that cannot be sorted by changes nothing. */
export function sortedRows<R>(
  rows: readonly R[],
  columns: readonly ListColumn<R>[],
  sorting: Sorting,
  locale?: string,
): readonly R[] {
  const current = sortedColumn(sorting)
  const column = columns.find(({ id, isSortable }) => id === current?.id && isSortable)
  if (!current || !column) return rows
  const compareValues = comparison(locale)
  const compare =
    column.compare ?? ((left: R, right: R) => compareValues(column.value(left), column.value(right)))
  return rows.toSorted((left, right) => (current.isDown ? compare(right, left) : compare(left, right)))
}
