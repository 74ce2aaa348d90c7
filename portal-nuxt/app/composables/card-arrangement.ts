/** Which cards a user sees, in which column and order; those put away are kept apart. */
export interface Arrangement {
  readonly columns: readonly (readonly string[])[]
  readonly hidden: readonly string[]
}

export interface PlacedCard {
  readonly id: string
  /** Where it stands until somebody moves it. */
  readonly column: number
}

export const COLUMN_COUNT = 3

const isList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')

/** Null for what is not an arrangement: it was never kept, or something else wrote it. */
export function readArrangement(value: unknown): Arrangement | null {
  const { columns, hidden } = (value ?? {}) as { columns?: unknown; hidden?: unknown }
  if (!Array.isArray(columns) || columns.length !== COLUMN_COUNT) return null
  return columns.every(isList) && isList(hidden) ? { columns, hidden } : null
}

/** The cards there are, as the user left them; one that is new stands last in its column. */
export function arrangeCards(kept: Arrangement | null, cards: readonly PlacedCard[]): Arrangement {
  const ids = new Set(cards.map(({ id }) => id))
  const known = new Set([...(kept?.columns.flat() ?? []), ...(kept?.hidden ?? [])])
  const columns = Array.from({ length: COLUMN_COUNT }, (_, index) => [
    ...(kept?.columns[index] ?? []).filter((id) => ids.has(id)),
    ...cards.filter((card) => card.column === index && !known.has(card.id)).map(({ id }) => id),
  ])
  return { columns, hidden: (kept?.hidden ?? []).filter((id) => ids.has(id)) }
}

/** What is to be kept of `shown`: cards of products that are off now come back to where they were. */
export function keptArrangement(shown: Arrangement, before: Arrangement | null): Arrangement {
  const here = new Set([...shown.columns.flat(), ...shown.hidden])
  const away = (list: readonly string[] = []): string[] => list.filter((id) => !here.has(id))
  return {
    columns: shown.columns.map((column, index) => [...column, ...away(before?.columns[index])]),
    hidden: [...shown.hidden, ...away(before?.hidden)],
  }
}

export function placeCard(
  { columns, hidden }: Arrangement,
  id: string,
  { column, index }: { readonly column: number; readonly index: number },
): Arrangement {
  const others = columns.map((list) => list.filter((one) => one !== id))
  return {
    columns: others.map((list, at) => (at === column ? list.toSpliced(index, 0, id) : list)),
    hidden: hidden.filter((one) => one !== id),
  }
}

export function hideCard({ columns, hidden }: Arrangement, id: string): Arrangement {
  return {
    columns: columns.map((list) => list.filter((one) => one !== id)),
    hidden: [...hidden.filter((one) => one !== id), id],
  }
}

export type CardMove = 'up' | 'down' | 'before' | 'after'

/** Where a step leads, null at the edge. Up and down go on in the next column: on a phone they stand below one another. */
export function cardStep(
  { columns }: Arrangement,
  id: string,
  move: CardMove,
): { readonly column: number; readonly index: number } | null {
  const column = columns.findIndex((list) => list.includes(id))
  const list = columns[column]
  if (!list) return null
  const index = list.indexOf(id)
  if (move === 'up' && index > 0) return { column, index: index - 1 }
  if (move === 'down' && index < list.length - 1) return { column, index: index + 1 }
  const next = columns[move === 'up' || move === 'before' ? column - 1 : column + 1]
  if (!next) return null
  const aside = move === 'up' || move === 'before' ? column - 1 : column + 1
  if (move === 'up') return { column: aside, index: next.length }
  return { column: aside, index: move === 'down' ? 0 : Math.min(index, next.length) }
}
