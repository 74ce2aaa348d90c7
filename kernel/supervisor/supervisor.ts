import { Child, type ChildDeclaration } from './child.ts'

export interface SupervisorOptions {
  readonly logDirectory: string
  /** Told what an operator should know at once: interesting log lines, ends and restarts. */
  readonly say: (line: string) => void
}

/** Keeps a set of children running, and stops them in the reverse of the order in which they were started. */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #children: Child[] = []
  #stopped: Promise<void> | undefined
  readonly #failure = Promise.withResolvers<never>()

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#failure.promise.catch(() => undefined)
  }

  /** Rejects when a child could not be kept alive; never resolves. */
  get failure(): Promise<never> {
    return this.#failure.promise
  }

  /** Starts one child and resolves with what its readiness check told. */
  async start(declaration: ChildDeclaration): Promise<unknown> {
    if (this.#stopped) throw new Error(`${declaration.name} is not started: everything is being stopped.`)
    const child = new Child(declaration, this.#options.logDirectory)
    const tell = (text: string) => this.#stopped ?? this.#options.say(`  ${declaration.name}: ${text}`)
    child.on('line', tell)
    child.on('exit', (reason) => tell(`ended unexpectedly (${reason}); starting it again`))
    child.on('restarted', (elapsedMs) => tell(`is running again after ${(elapsedMs / 1000).toFixed(1)} s`))
    child.on('failed', (error) => this.#failure.reject(error))
    this.#children.push(child)
    return child.start()
  }

  pid(name: string): number | undefined {
    return this.#children.find((child) => child.declaration.name === name)?.pid
  }

  /** Stops all, newest first, each by force when its time is over. Safe to call again. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll()
    return this.#stopped
  }

  async #stopAll(): Promise<void> {
    for (const child of this.#children.toReversed()) {
      const outcome = await child.stop()
      const { name, stopTimeoutMs } = child.declaration
      if (outcome === 'killed')
        this.#options.say(`  ${name} did not stop in ${stopTimeoutMs / 1000} s and was killed`)
    }
  }
}
