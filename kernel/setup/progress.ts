/** Where a long task tells what it is doing. Tests pass a silent one. */
export interface Progress {
  /** Runs `work` under a name: announced, ticked while it takes long, and closed with its time. */
  step<Result>(name: string, work: () => Promise<Result>): Promise<Result>
  say(line: string): void
}

const TICK_MS = 5_000

/** Whole lines only, so that the same output reads well on a terminal, in a file and in CI. */
export const terminalProgress: Progress = {
  async step(name, work) {
    const startedAt = performance.now()
    const elapsed = () => ((performance.now() - startedAt) / 1000).toFixed(1)
    const tick = setInterval(() => console.log(`  … ${name}, ${elapsed()} s`), TICK_MS)
    try {
      const result = await work()
      console.log(`  ✔ ${name}  ${elapsed()} s`)
      return result
    } catch (error) {
      console.log(`  ✖ ${name}  ${elapsed()} s`)
      throw error
    } finally {
      clearInterval(tick)
    }
  },
  say: (line) => console.log(line),
}

export const silentProgress: Progress = { step: (_, work) => work(), say: () => undefined }
