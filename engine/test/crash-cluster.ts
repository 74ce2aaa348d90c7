/** A primary and a synchronous standby that are killed, torn, promoted and seeded again, and come back as a primary and its standby each time. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineStatus } from '../standby/control.ts'
import { Engine, eventually, Line } from '../standby/test/two-engines.ts'
import type { Dice } from './random-dice.ts'

const options = [
  '--standby',
  'sync',
  '--standby-wait',
  '500ms',
  '--snapshot-every',
  '400000',
  '--journal-keep',
  'all',
  '--events-keep',
  'all',
]

const FOLLOW_MS = 1000

export class CrashCluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'cambium-crash-'))
  readonly engines = [new Engine(this.folder, 'first'), new Engine(this.folder, 'second')] as const
  primary: Engine = this.engines[0]
  /** Over which the other engine reaches each of them. */
  readonly #lines = this.engines.map(({ data, socket }) => new Line(`${data}.line`, socket))
  /** Until then an old primary that was just started may still find the new one and follow it by itself. */
  #patientUntil = 0
  /** What was done to have a primary and its standby again. */
  readonly repairs: string[] = []

  get addresses(): string {
    return this.engines.map(({ socket }) => socket).join()
  }

  get standby(): Engine {
    return this.#otherThan(this.primary)
  }

  #otherThan(engine: Engine): Engine {
    return this.engines[engine === this.engines[0] ? 1 : 0]
  }

  async begin(): Promise<void> {
    const { primary, standby } = this
    await this.#start(primary)
    await standby.start('--standby-of', `${primary.data}.line`, ...options)
    await this.heal()
  }

  #start(engine: Engine, ...more: string[]): Promise<void> {
    return engine.start('--peer', `${this.#otherThan(engine).data}.line`, ...options, ...more)
  }

  /** Starts those that do not run, in an order of the dice, all at once. */
  async startAll(dice: Dice): Promise<void> {
    const order = dice.once(2) ? this.engines : this.engines.toReversed()
    const statuses = await Promise.all(order.map((engine) => statusOf(engine)))
    await Promise.all(order.filter((_, n) => !statuses[n]).map((engine) => this.#start(engine)))
  }

  async start(engine: Engine): Promise<void> {
    await this.#start(engine)
  }

  /** What the engines send each other from here on is lost, and neither is told. */
  cut(): void {
    for (const line of this.#lines) line.cut()
  }

  mend(): void {
    for (const line of this.#lines) line.heal()
  }

  /** True when the standby is the primary now; false when it may not be, because the old one may have answered without it. */
  async promote(): Promise<boolean> {
    const { standby } = this
    try {
      await standby.promote()
    } catch (error) {
      this.repairs.push(`not promoted: ${(error as { code?: string }).code}`)
      return false
    }
    this.primary = standby
    return true
  }

  /** Does as an operator would, until one of the two is primary and the other follows it and is needed for every answer. */
  async heal(): Promise<void> {
    this.#patientUntil = performance.now() + FOLLOW_MS
    await eventually(
      async () => {
        for (const engine of this.engines) await this.#heal(engine)
        const statuses = await Promise.all(this.engines.map((engine) => statusOf(engine)))
        const primary = statuses.findIndex((status) => status?.role === 'primary')
        const other = statuses[1 - primary]
        if (primary < 0 || other?.role !== 'standby' || other.isFollowing !== true) return false
        this.primary = this.engines[primary]!
        return other.isNeeded === true
      },
      `a primary and a standby: ${this.engines.map(({ told }) => told.slice(-3).join('; ')).join(' | ')}`,
    )
  }

  async #heal(engine: Engine): Promise<void> {
    const status = await statusOf(engine)
    if (status?.role === 'primary' || status?.role === 'standby') return
    if (status?.role === 'fenced' && performance.now() < this.#patientUntil) return
    const isDiverged = status?.role === 'diverged'
    this.repairs.push(isDiverged ? 'seeded again' : status ? 'started as standby' : 'started again')
    await engine.kill()
    this.#patientUntil = performance.now() + FOLLOW_MS
    await this.#start(engine, ...(isDiverged ? ['--reseed'] : []))
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.kill(signal)))
  }

  remove(): void {
    for (const line of this.#lines) line.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Undefined when it does not run. */
function statusOf(engine: Engine): Promise<EngineStatus | undefined> {
  return engine.status().catch(() => undefined)
}
