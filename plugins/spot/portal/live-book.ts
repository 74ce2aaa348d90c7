import { compareDecimals } from '@cambium/kernel/money'

export type Level = readonly [price: string, quantity: string]

export interface LiveBook {
  readonly seq: number
  /** Best first, both. */
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
}

export interface BookUpdate extends LiveBook {
  readonly fromSeq: number
}

/** Levels far from the spread are of no use to a page, and a day of changes must not make it heavy. */
const LEVELS_MAX = 1000

/**
 * The book after an update; the same book for an update it has already seen, null when one in between was missed
 * and a new snapshot is needed.
 */
export function updatedBook(book: LiveBook, update: BookUpdate): LiveBook | null {
  if (update.seq <= book.seq) return book
  if (update.fromSeq > book.seq) return null
  return {
    seq: update.seq,
    bids: mergedLevels(book.bids, update.bids, -1),
    asks: mergedLevels(book.asks, update.asks, 1),
  }
}

function mergedLevels(
  levels: readonly Level[],
  changes: readonly Level[],
  direction: 1 | -1,
): readonly Level[] {
  if (changes.length === 0) return levels
  const merged = new Map(levels)
  for (const [price, quantity] of changes) {
    if (compareDecimals(quantity, '0') === 0) merged.delete(price)
    else merged.set(price, quantity)
  }
  return [...merged].sort(([left], [right]) => direction * compareDecimals(left, right)).slice(0, LEVELS_MAX)
}
