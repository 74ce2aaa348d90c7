/** Calls back when the earliest order expires, for the time when no command comes that would. */

/** The longest a timer of Node can wait. */
const WAIT_MS_MAX = 2 ** 31 - 1
/** What expires now is expired by the commands that come; only when none does is the timer needed. */
const WAIT_MS_MIN = 1

export class ExpiryTimer {
  readonly #onDue: () => void
  #at = Infinity
  #timer: NodeJS.Timeout | undefined

  constructor(onDue: () => void) {
    this.#onDue = onDue
  }

  /** Waits until `at` in place of what it waited for before; Infinity waits for nothing. */
  set(at: number): void {
    if (at === this.#at) return
    this.#at = at
    clearTimeout(this.#timer)
    if (at === Infinity) return
    const ms = Math.min(Math.max(at - Date.now(), WAIT_MS_MIN), WAIT_MS_MAX)
    this.#timer = setTimeout(() => {
      this.#at = Infinity
      this.#onDue()
    }, ms).unref()
  }
}
