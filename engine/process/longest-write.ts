/** The longest of the writes of the last ten to twenty seconds. */
const WINDOW_MS = 10_000

export class LongestWrite {
  #sinceMs = 0
  #now = 0
  #before = 0

  #turn(): void {
    const now = performance.now()
    if (now - this.#sinceMs < WINDOW_MS) return
    this.#before = now - this.#sinceMs < 2 * WINDOW_MS ? this.#now : 0
    this.#now = 0
    this.#sinceMs = now
  }

  add(ms: number): void {
    this.#turn()
    if (ms > this.#now) this.#now = ms
  }

  get longestMs(): number {
    this.#turn()
    return Math.max(this.#now, this.#before)
  }
}
