import type { Logger } from '../broker/index.ts'
import { Refusal } from '../contract/index.ts'
import { timed } from './deadline.ts'
import type { Generation } from './generation.ts'
import { sentence } from './operation-record.ts'

/** When a plugin counts as failing; a test makes them small. */
export interface WatchdogLimits {
  /** Calls of so long are looked at together. */
  readonly windowMs: number
  /** Fewer calls in a window say nothing. */
  readonly callsMin: number
  /** Share of calls that end in an unexpected error. */
  readonly faultShareMax: number
  readonly healthEveryMs: number
  readonly healthTimeoutMs: number
  /** So many bad answers of `health`, one after the other. */
  readonly healthFailuresMax: number
  /** So many browsers that report a broken page of a release just brought in. */
  readonly reportersMin: number
  /** So long after an upgrade the version before is gone back to; later the plugin is quarantined. */
  readonly rollbackWithinMs: number
}

export const defaultWatchdogLimits: WatchdogLimits = {
  windowMs: 60_000,
  callsMin: 20,
  faultShareMax: 0.5,
  healthEveryMs: 10_000,
  healthTimeoutMs: 5_000,
  healthFailuresMax: 3,
  reportersMin: 3,
  rollbackWithinMs: 600_000,
}

/** A plugin that keeps failing. */
export interface Alarm {
  readonly pluginId: string
  readonly generation: number
  readonly reason: string
  /** It was just brought in: the version before is likely to work. */
  readonly isNew: boolean
  /** Strangers can claim that a page is broken: that alone takes nothing out of service. */
  readonly isHearsay: boolean
}

interface Watched {
  readonly generation: Generation
  readonly isNew: boolean
  readonly since: number
  readonly health: NodeJS.Timeout
  windowStart: number
  calls: number
  faults: number
  lastFault: string
  healthFailures: number
  readonly reporters: Set<string>
  isOver: boolean
}

/** Looks at what serves, and raises one alarm per generation that keeps failing. It decides nothing. */
export class Watchdog {
  readonly #limits: WatchdogLimits
  readonly #log: Logger
  readonly #watched = new Map<string, Watched>()
  #raise: (alarm: Alarm) => void = () => undefined

  constructor(log: Logger, limits: WatchdogLimits) {
    this.#log = log
    this.#limits = limits
  }

  onAlarm(raise: (alarm: Alarm) => void): void {
    this.#raise = raise
  }

  watch(generation: Generation, { isNew }: { readonly isNew: boolean }): void {
    const { pluginId } = generation
    this.forget(pluginId)
    const health = setInterval(() => void this.#ask(pluginId), this.#limits.healthEveryMs)
    health.unref()
    const since = performance.now()
    this.#watched.set(pluginId, {
      generation,
      isNew,
      since,
      health,
      windowStart: since,
      calls: 0,
      faults: 0,
      lastFault: '',
      healthFailures: 0,
      reporters: new Set(),
      isOver: false,
    })
    generation.onFault?.((fault) => {
      // Restarts are its runner's; what the runner has given up comes here.
      if (fault.kind === 'quarantine') this.#alarm(pluginId, fault.message)
    })
  }

  forget(pluginId: string): void {
    clearInterval(this.#watched.get(pluginId)?.health)
    this.#watched.delete(pluginId)
  }

  stop(): void {
    for (const pluginId of [...this.#watched.keys()]) this.forget(pluginId)
  }

  /** A call ended. A refusal is an answer like any other; whatever else was thrown is a fault. */
  called(pluginId: string, generation: number, error?: unknown): void {
    const watched = this.#watched.get(pluginId)
    if (watched?.generation.number !== generation) return
    const now = performance.now()
    if (now - watched.windowStart > this.#limits.windowMs) {
      Object.assign(watched, { windowStart: now, calls: 0, faults: 0 })
    }
    watched.calls += 1
    if (error === undefined || isExpected(error)) return
    watched.faults += 1
    watched.lastFault = sentence(error)
    const { callsMin, faultShareMax } = this.#limits
    if (watched.calls < callsMin || watched.faults / watched.calls <= faultShareMax) return
    this.#alarm(
      pluginId,
      `${watched.faults} of ${watched.calls} calls failed, the last one with: ${watched.lastFault}`,
    )
  }

  /** A browser says that a page of the plugin is broken. */
  reported(pluginId: string, report: { readonly reporter: string; readonly message: string }): void {
    const watched = this.#watched.get(pluginId)
    if (!watched?.isNew || !this.#isRecent(watched)) return
    watched.reporters.add(report.reporter)
    if (watched.reporters.size < this.#limits.reportersMin) return
    const count = watched.reporters.size
    this.#alarm(pluginId, `${count} browsers reported a broken page, the last one: ${report.message}`, true)
  }

  async #ask(pluginId: string): Promise<void> {
    const watched = this.#watched.get(pluginId)
    if (!watched) return
    try {
      await timed(watched.generation.probe(), this.#limits.healthTimeoutMs, 'Its health check')
      watched.healthFailures = 0
    } catch (error) {
      watched.healthFailures += 1
      this.#log.warn(`${pluginId} is not healthy`, { plugin: pluginId, error })
      if (watched.healthFailures < this.#limits.healthFailuresMax) return
      this.#alarm(pluginId, `It was not healthy ${watched.healthFailures} times in a row: ${sentence(error)}`)
    }
  }

  #isRecent({ since }: Watched): boolean {
    return performance.now() - since <= this.#limits.rollbackWithinMs
  }

  #alarm(pluginId: string, reason: string, isHearsay = false): void {
    const watched = this.#watched.get(pluginId)
    if (!watched || watched.isOver) return
    watched.isOver = true
    const isNew = watched.isNew && this.#isRecent(watched)
    this.#raise({ pluginId, generation: watched.generation.number, reason, isNew, isHearsay })
  }
}

/** By its fields: a refusal from another process arrives as a plain error. */
function isExpected(error: unknown): boolean {
  if (error instanceof Refusal) return true
  const { type } = error as { type?: unknown }
  return typeof type === 'string' && /^(validation|[a-z][a-z-]*\.[a-z_]+)$/.test(type)
}
