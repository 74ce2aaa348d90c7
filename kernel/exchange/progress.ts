/** How far each follower of this process has come, and those who wait for one to come further. */
export class Progress {
  readonly #seqs = new Map<string, number>()
  readonly #waiting = new Set<() => void>()
  readonly #tell: (name: string, seq: number) => void

  constructor(tell: (name: string, seq: number) => void = () => undefined) {
    this.#tell = tell
  }

  /** Undefined while nobody in this process follows under this name. */
  seqOf(name: string): number | undefined {
    return this.#seqs.get(name)
  }

  all(): [name: string, seq: number][] {
    return [...this.#seqs]
  }

  reached(name: string, seq: number): void {
    this.#seqs.set(name, seq)
    this.#tell(name, seq)
    for (const check of [...this.#waiting]) check()
  }

  ended(name: string): void {
    this.#seqs.delete(name)
    for (const check of [...this.#waiting]) check()
  }

  /** True once `name` has reached `seq`; false when the deadline passes first or it stops following here. */
  async until(name: string, seq: number, deadlineMs: number): Promise<boolean> {
    if ((this.#seqs.get(name) ?? -1) >= seq) return true
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const check = (): void => {
      const reached = this.#seqs.get(name)
      if (reached === undefined) resolve(false)
      else if (reached >= seq) resolve(true)
    }
    const timer = setTimeout(() => resolve(false), deadlineMs)
    this.#waiting.add(check)
    check()
    const isReached = await promise
    clearTimeout(timer)
    this.#waiting.delete(check)
    return isReached
  }
}
