/** Four buckets to each doubling of microseconds: what is answered is at most a fifth off. */
const BUCKETS = 27 * 4
const SLOTS = 6

/**
 * How long calls took over the last minute, in memory that does not grow: a histogram for every ten seconds, the oldest
 * of which is overwritten.
 */
export class Latencies {
  readonly #slotMs: number
  readonly #counts = Array.from({ length: SLOTS }, () => new Uint32Array(BUCKETS))
  readonly #periods = new Float64Array(SLOTS).fill(-1)

  constructor(slotMs = 10_000) {
    this.#slotMs = slotMs
  }

  add(nowMs: number, ms: number): void {
    const period = Math.floor(nowMs / this.#slotMs)
    const slot = period % SLOTS
    const counts = this.#counts[slot] as Uint32Array
    if (this.#periods[slot] !== period) {
      counts.fill(0)
      this.#periods[slot] = period
    }
    const bucket = bucketOf(ms)
    counts[bucket] = (counts[bucket] as number) + 1
  }

  /** The durations in milliseconds below which these shares of the calls stayed; null while there were none. */
  percentiles(nowMs: number, shares: readonly number[]): readonly (number | null)[] {
    const oldest = Math.floor(nowMs / this.#slotMs) - SLOTS
    const recent = this.#counts.filter((_, slot) => (this.#periods[slot] as number) > oldest)
    const counts = Array.from({ length: BUCKETS }, (_, bucket) =>
      recent.reduce((sum, slot) => sum + (slot[bucket] as number), 0),
    )
    const total = counts.reduce((sum, count) => sum + count, 0)
    return shares.map((share) => (total === 0 ? null : upperMs(bucketAt(counts, share * total))))
  }
}

function bucketOf(ms: number): number {
  const micros = Math.min(Math.max(Math.ceil(ms * 1_000), 4), 2 ** 26)
  const exponent = 31 - Math.clz32(micros)
  return exponent * 4 + ((micros >> (exponent - 2)) & 3)
}

function bucketAt(counts: readonly number[], rank: number): number {
  let seen = 0
  for (const [bucket, count] of counts.entries()) {
    seen += count
    if (seen >= rank) return bucket
  }
  return counts.length - 1
}

function upperMs(bucket: number): number {
  const exponent = Math.floor(bucket / 4)
  return ((2 ** exponent / 4) * (5 + (bucket % 4))) / 1_000
}
