import { compareDecimals, percentOfPpm } from '@cambium/kernel/money'
import type { Ticker } from '../routes/market-data.ts'
import type { Market } from '../routes/markets.ts'

export interface ListedMarket {
  readonly market: Market
  readonly ticker: Ticker | undefined
  readonly isFavourite: boolean
}

export type MarketSort = 'order' | 'name' | 'price' | 'change' | 'volume'

/** What the ids of the two assets have in common with what was typed; spaces and dashes do not matter. */
function matches(market: Market, search: string): boolean {
  const plain = (text: string): string => text.toUpperCase().replace(/[^A-Z0-9]/g, '')
  return plain(market.id).includes(plain(search))
}

/** A market without the figure goes last, whichever way the list is sorted. */
function byFigure(left: string | null | undefined, right: string | null | undefined): number {
  if (left == null || right == null) return left == null ? (right == null ? 0 : 1) : -1
  return compareDecimals(right, left)
}

const comparators: Readonly<Record<MarketSort, (left: ListedMarket, right: ListedMarket) => number>> = {
  order: (left, right) => Number(right.isFavourite) - Number(left.isFavourite),
  name: (left, right) => left.market.id.localeCompare(right.market.id),
  price: (left, right) => byFigure(left.ticker?.last, right.ticker?.last),
  change: (left, right) =>
    (right.ticker?.changePpm ?? Number.MIN_SAFE_INTEGER) -
    (left.ticker?.changePpm ?? Number.MIN_SAFE_INTEGER),
  volume: (left, right) => byFigure(left.ticker?.quoteVolume, right.ticker?.quoteVolume),
}

/** The list as the reader asked for it; the operator's order stands where the sort finds no difference. */
export function arrangedMarkets(
  markets: readonly ListedMarket[],
  { search, sort, isReversed }: { search: string; sort: MarketSort; isReversed: boolean },
): readonly ListedMarket[] {
  const found = markets.filter(({ market }) => matches(market, search))
  const sorted = found.toSorted(comparators[sort])
  return isReversed ? sorted.toReversed() : sorted
}

/** A change in millionths as the percentage the kit shows; null where there is none. */
export function changePercent(ppm: number | null | undefined): string | null {
  return ppm == null ? null : percentOfPpm(ppm)
}
