import type { IsolationLimits } from './fault.ts'

/** When a runner that failed is started again: soon the first time, later each time, and not for ever. */
export class RestartPlan {
  readonly #limits: IsolationLimits
  readonly #restart: () => Promise<void>
  #faultsMs: number[] = []
  #waitMs: number
  #servingSinceMs = performance.now()
  #timer: NodeJS.Timeout | undefined
  #restarts = 0

  constructor(limits: IsolationLimits, restart: () => Promise<void>) {
    this.#limits = limits
    this.#restart = restart
    this.#waitMs = limits.restartMinMs
  }

  /** Successful ones. */
  get restarts(): number {
    return this.#restarts
  }

  /** Plans the next start; false when it has failed too often. */
  next(): boolean {
    const { faultsMax, faultsWindowMs, restartMinMs, restartMaxMs } = this.#limits
    const now = performance.now()
    this.#faultsMs = [...this.#faultsMs.filter((ms) => now - ms < faultsWindowMs), now]
    if (this.#faultsMs.length >= faultsMax) return false
    // One that served for long starts over.
    if (now - this.#servingSinceMs > restartMaxMs) this.#waitMs = restartMinMs
    this.#timer = setTimeout(() => void this.#restart(), this.#waitMs)
    this.#timer.unref()
    this.#waitMs = Math.min(2 * this.#waitMs, restartMaxMs)
    return true
  }

  succeeded(): void {
    this.#restarts += 1
    this.#servingSinceMs = performance.now()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
