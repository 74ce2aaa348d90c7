import type { JobDeclaration } from '../plugins/manifest.ts'
import type { Replaced } from '../broker/index.ts'
import type { JobHandler } from './job.ts'
import type { Ended, Running } from './running.ts'

/** The code behind a job, with the publication it came by: two of one owner are told apart by it. */
interface Served {
  readonly owner: string
  readonly publication: object
  readonly handler: JobHandler
}

const nothing: Replaced = { inFlight: 0, drained: async () => true }

/** Which jobs this node runs, by whose code, and what runs of them now. */
export class ServedJobs {
  readonly #served = new Map<string, Served>()
  readonly #disabled = new Map<string, ReadonlySet<string>>()
  readonly #running = new Map<string, { readonly one: Running; readonly publication: object }>()

  /** Names of those that run when they are due. */
  get names(): readonly string[] {
    return [...this.#served]
      .filter(([name, { owner }]) => !this.isDisabled(owner, name))
      .map(([name]) => name)
  }

  isDisabled(owner: string, name: string): boolean {
    return this.#disabled.get(owner)?.has(name) ?? false
  }

  setDisabled(owner: string, names: readonly string[]): void {
    this.#disabled.set(owner, new Set(names))
  }

  has(name: string): boolean {
    return this.#served.has(name)
  }

  /** Undefined also for one that is switched off. */
  find(name: string): Served | undefined {
    const served = this.#served.get(name)
    return served && !this.isDisabled(served.owner, name) ? served : undefined
  }

  publish(
    owner: string,
    jobs: readonly JobDeclaration[],
    handlers: Readonly<Record<string, JobHandler>>,
  ): Replaced {
    const replaced = this.withdraw(owner)
    const publication = {}
    for (const { name } of jobs) {
      const handler = handlers[name]
      if (!handler) throw new Error(`No code behind the job ${name}.`)
      this.#served.set(name, { owner, publication, handler })
    }
    return replaced
  }

  withdraw(owner: string): Replaced {
    const own = [...this.#served].filter(([, served]) => served.owner === owner)
    for (const [name] of own) this.#served.delete(name)
    return this.#runsOf(own[0]?.[1].publication)
  }

  async run(one: Running, publication: object): Promise<Ended> {
    this.#running.set(one.run.id, { one, publication })
    return one.ended.finally(() => this.#running.delete(one.run.id))
  }

  running(runId: string): Running | undefined {
    return this.#running.get(runId)?.one
  }

  /** Tells every run to end, for whoever has the code next. */
  async handBackAll(): Promise<void> {
    const all = [...this.#running.values()].map(({ one }) => one)
    for (const one of all) one.interrupt('handedBack')
    await Promise.allSettled(all.map(({ ended }) => ended))
  }

  /** The runs of one publication: at the deadline they are told to end and handed to the code that comes after. */
  #runsOf(publication: object | undefined): Replaced {
    const own = [...this.#running.values()].filter((entry) => entry.publication === publication)
    if (own.length === 0) return nothing
    const ended = Promise.all(own.map(({ one }) => one.ended)).then(() => true)
    return {
      inFlight: own.length,
      async drained(deadlineMs) {
        const late = Promise.withResolvers<boolean>()
        const timer = setTimeout(() => late.resolve(false), deadlineMs)
        const isDrained = await Promise.race([ended, late.promise])
        clearTimeout(timer)
        if (isDrained) return true
        for (const { one } of own) one.interrupt('handedBack')
        await ended
        return false
      },
    }
  }
}
