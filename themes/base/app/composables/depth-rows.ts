import { addDecimals, compareDecimals, ratioPpm } from '@cambium/kernel/money'

export type DepthLevel = readonly [price: string, quantity: string]

/** One drawn row of a book. */
export interface DepthRow {
  readonly price: string
  readonly quantity: string
  /** The quantity from the best price up to this one. */
  readonly cumulative: string
  /** Length of the bar behind the row, 0–1. */
  readonly depth: number
}

export interface DepthRows {
  readonly asks: readonly DepthRow[]
  readonly bids: readonly DepthRow[]
}

/**
 * The best `limit` levels of both sides, best first, on one scale: the longer bar is the deeper side.
 * Levels must come best first.
 */
export function depthRows(
  asks: readonly DepthLevel[],
  bids: readonly DepthLevel[],
  limit: number,
): DepthRows {
  const askLevels = cumulate(asks.slice(0, limit))
  const bidLevels = cumulate(bids.slice(0, limit))
  const askTotal = askLevels.at(-1)?.cumulative ?? '0'
  const bidTotal = bidLevels.at(-1)?.cumulative ?? '0'
  const deepest = compareDecimals(askTotal, bidTotal) > 0 ? askTotal : bidTotal
  const draw = (level: Omit<DepthRow, 'depth'>): DepthRow => ({
    ...level,
    depth: ratioPpm(level.cumulative, deepest) / 1_000_000,
  })
  return { asks: askLevels.map(draw), bids: bidLevels.map(draw) }
}

function cumulate(levels: readonly DepthLevel[]): Omit<DepthRow, 'depth'>[] {
  let cumulative = '0'
  return levels.map(([price, quantity]) => {
    cumulative = addDecimals(cumulative, quantity)
    return { price, quantity, cumulative }
  })
}
