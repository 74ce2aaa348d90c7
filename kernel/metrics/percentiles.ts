import type { Distribution } from './metrics.ts'

export type Buckets = Distribution['buckets']

/** What came in between two looks at the same histogram. */
export function bucketsBetween(before: Buckets | undefined, after: Buckets): Buckets {
  if (!before || before.length !== after.length) return after
  return after.map(([bound, count], index) => [bound, count - (before[index]?.[1] ?? 0)])
}

export function mergeBuckets(all: readonly Buckets[]): Buckets {
  const [first = []] = all
  return first.map(([bound], index) => [bound, all.reduce((sum, one) => sum + (one[index]?.[1] ?? 0), 0)])
}

/** The value below which the share of all lies, between two bounds in proportion; null of nothing. */
export function percentile(buckets: Buckets, share: number): number | null {
  const total = buckets.at(-1)?.[1] ?? 0
  if (total <= 0) return null
  const rank = share * total
  let lower = 0
  let below = 0
  for (const [bound, count] of buckets) {
    if (count >= rank) {
      if (bound === Infinity) return lower
      return count === below ? bound : lower + (bound - lower) * ((rank - below) / (count - below))
    }
    lower = bound
    below = count
  }
  return lower
}
