import { fork, type ChildProcess } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { stripVTControlCharacters } from 'node:util'

interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

interface Waiting {
  readonly resolve: (result: never) => void
  readonly reject: (error: Error) => void
}

export interface SideProcessOptions {
  readonly idleMs: number
  /** A request that takes longer fails, and the process with it. */
  readonly timeoutMs?: number
  /** The kernel's own unless said: code of strangers gets an empty one. */
  readonly environment?: NodeJS.ProcessEnv
  /** What it prints is of no use to anybody. */
  readonly isQuiet?: boolean
}

/**
 * A child process for heavy work, started at the first request and ended when it has been idle for a while, so that
 * builds never hold up the kernel's event loop and their memory is given back.
 */
export class SideProcess<Request, Result> {
  readonly #program: string
  readonly #idleMs: number
  readonly #timeoutMs: number | undefined
  readonly #environment: NodeJS.ProcessEnv
  readonly #isQuiet: boolean
  readonly #waiting = new Map<number, Waiting>()
  #child: ChildProcess | undefined
  #idle: NodeJS.Timeout | undefined
  #requests = 0

  constructor(program: string, options: SideProcessOptions) {
    const { idleMs, timeoutMs, environment = process.env, isQuiet = false } = options
    this.#program = program
    this.#idleMs = idleMs
    this.#timeoutMs = timeoutMs
    this.#environment = environment
    this.#isQuiet = isQuiet
  }

  async run(request: Request): Promise<Result> {
    clearTimeout(this.#idle)
    const child = (this.#child ??= this.#start())
    const id = ++this.#requests
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    this.#waiting.set(id, { resolve, reject })
    child.ref()
    child.channel?.ref()
    child.send({ id, request }, (error) => error && reject(error))
    const limit = this.#limit(child, reject)
    try {
      return await promise
    } finally {
      clearTimeout(limit)
      this.#waiting.delete(id)
      if (this.#waiting.size === 0) this.#rest(child)
    }
  }

  /** What hangs is ended: nothing else can stop it. */
  #limit(child: ChildProcess, reject: (error: Error) => void): NodeJS.Timeout | undefined {
    const ms = this.#timeoutMs
    if (ms === undefined) return undefined
    return setTimeout(() => {
      reject(new Error(`It took longer than ${ms} ms.`))
      // Whoever asks next must not be answered by its end.
      if (this.#child === child) this.#child = undefined
      child.kill('SIGKILL')
    }, ms)
  }

  stop(): void {
    clearTimeout(this.#idle)
    this.#child?.kill()
    this.#child = undefined
  }

  /** Idle, it keeps nothing alive: neither itself for ever nor the process that started it. */
  #rest(child: ChildProcess): void {
    child.unref()
    child.channel?.unref()
    this.#idle = setTimeout(() => this.stop(), this.#idleMs)
    this.#idle.unref()
  }

  #start(): ChildProcess {
    const child = fork(this.#program, {
      execArgv: [],
      env: { ...this.#environment, NODE_ENV: 'production' },
      ...(this.#isQuiet ? { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] } : {}),
    })
    // Requests in flight matter more than the next page build.
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
    child.on('message', (reply: Reply) => {
      const waiting = this.#waiting.get(reply.id)
      if (reply.error === undefined) waiting?.resolve(reply.result as never)
      else waiting?.reject(new Error(reply.error))
    })
    const fail = (error: Error): void => {
      if (this.#child === child) this.#child = undefined
      for (const { reject } of this.#waiting.values()) reject(error)
    }
    child.on('error', fail)
    child.on('exit', (code, signal) => {
      fail(new Error(`${this.#program} ended early (${signal ?? `code ${code}`}).`))
    })
    return child
  }
}

/** The other end: answers requests one after the other, and ends with the process that started it. */
export function serveRequests<Request, Result>(work: (request: Request) => Promise<Result>): void {
  let last = Promise.resolve()
  process.on('message', ({ id, request }: { id: number; request: Request }) => {
    last = last.then(async () => {
      const reply = await work(request).then(
        (result): Reply => ({ id, result }),
        (error: unknown): Reply => ({ id, error: plainText(error) }),
      )
      process.send?.(reply)
    })
  })
  process.on('disconnect', () => process.exit(0))
}

/** Build tools colour their messages for a terminal; ours go to a browser and a log. */
function plainText(error: unknown): string {
  return stripVTControlCharacters(error instanceof Error ? error.message : String(error)).trim()
}
