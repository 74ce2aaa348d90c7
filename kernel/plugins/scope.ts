import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '../broker/index.ts'
import { within } from './deadline.ts'

const RESTART_MIN_MS = 1_000
const RESTART_MAX_MS = 30_000

type Loop = (signal: AbortSignal) => Promise<void>

/**
 * All that one generation acquired, so that it can be given back. Loops wait for `begin` and end at `endLoops`: of two
 * generations side by side only one ever works.
 */
export class Scope {
  readonly #log: Logger
  readonly #lifetime = new AbortController()
  readonly #loopsLifetime = new AbortController()
  readonly #disposers: (() => void | Promise<void>)[] = []
  readonly #loops: Loop[] = []
  readonly #running = new Set<Promise<void>>()
  #hasBegun = false

  constructor(log: Logger) {
    this.#log = log
  }

  /** Aborted when the generation is disposed. */
  get signal(): AbortSignal {
    return this.#lifetime.signal
  }

  onDispose(dispose: () => void | Promise<void>): void {
    this.#disposers.push(dispose)
  }

  every(ms: number, work: Loop): void {
    this.#add(async (signal) => {
      while (await passed(ms, signal)) {
        await work(signal).catch((error: unknown) => {
          if (!signal.aborted) this.#log.error('periodic work failed and will be tried again', { error })
        })
      }
    })
  }

  /** A loop that fails is begun again after a pause that grows while it keeps failing. */
  background(name: string, work: Loop): void {
    this.#add(async (signal) => {
      for (
        let restartMs = RESTART_MIN_MS;
        !signal.aborted;
        restartMs = Math.min(2 * restartMs, RESTART_MAX_MS)
      ) {
        const startedAt = performance.now()
        try {
          return await work(signal)
        } catch (error) {
          if (signal.aborted) return
          this.#log.error(`background loop ${name} failed and will be begun again`, { error })
        }
        if (performance.now() - startedAt > RESTART_MAX_MS) restartMs = RESTART_MIN_MS
        await passed(restartMs, signal)
      }
    })
  }

  #add(loop: Loop): void {
    this.#loops.push(loop)
    if (this.#hasBegun) this.#run(loop)
  }

  #run(loop: Loop): void {
    const { signal } = this.#loopsLifetime
    if (signal.aborted) return
    const running = loop(signal)
      .catch((error: unknown) => this.#log.error('a loop ended with an error', { error }))
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  begin(): void {
    this.#hasBegun = true
    for (const loop of this.#loops) this.#run(loop)
  }

  /** Tells the loops to end and waits for them; false when the deadline came first. */
  async endLoops(deadlineMs: number): Promise<boolean> {
    this.#loopsLifetime.abort()
    const ended = Promise.all(this.#running).then(() => true)
    return within(ended, deadlineMs, () => false)
  }

  /** Gives everything back, last acquired first. A disposer that throws does not keep the others from running. */
  async dispose(deadlineMs: number): Promise<void> {
    await this.endLoops(deadlineMs)
    this.#lifetime.abort()
    for (const dispose of this.#disposers.splice(0).reverse()) {
      try {
        await within(Promise.resolve(dispose()), deadlineMs, () => undefined)
      } catch (error) {
        this.#log.error('a disposer failed', { error })
      }
    }
    this.#loops.length = 0
  }
}

/** False when the signal came first. */
async function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  return pause(ms, true, { signal }).catch(() => false)
}
