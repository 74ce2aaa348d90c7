import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { endProcess, type ProcessUser, spawnHeld } from './held-process.ts'
import { LogFile } from './log-file.ts'
import type { Readiness } from './readiness.ts'

/** A process the platform needs, as data. Nothing here knows what the process is for. */
export interface ChildDeclaration {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Set beside the supervisor's own environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly user?: ProcessUser
  readonly ready: Readiness
  readonly readyTimeoutMs: number
  readonly stopTimeoutMs: number
  /** It must not be told to stop while it starts: MariaDB then hangs. It is given its stop time to get ready. */
  readonly mustBeReadyToStop?: boolean
  /** Opens an IPC channel, for a child that tells when it is ready. */
  readonly hasChannel?: boolean
  /** Which lines of its log the operator should see at once. */
  readonly isInteresting?: (line: string) => boolean
  /** Such a line as people read it; as it is unless said. */
  readonly readable?: (line: string) => string
}

interface ChildEvents {
  line: [line: string]
  exit: [reason: string]
  restarted: [elapsedMs: number]
  failed: [error: Error]
}

const RESTARTS_MAX = 5
const RESTARTS_WINDOW_MS = 60_000
const BACKOFF_MIN_MS = 100
const BACKOFF_MAX_MS = 8_000

/**
 * A child process kept alive: an unexpected end starts it again, later each time, and after five ends in a
 * minute it is given up with the last lines of its log.
 */
export class Child extends EventEmitter<ChildEvents> {
  readonly declaration: ChildDeclaration
  readonly log: LogFile
  #process: ChildProcess | undefined
  #isStopping = false
  #recentExits: number[] = []
  #backoff: NodeJS.Timeout | undefined
  #starting: Promise<unknown> | undefined

  constructor(declaration: ChildDeclaration, logDirectory: string) {
    super()
    this.declaration = declaration
    this.log = new LogFile(path.join(logDirectory, `${declaration.name}.log`))
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Starts the process and resolves with what its readiness check told. Rejects when it ends before. */
  async start(): Promise<unknown> {
    this.#starting = this.#spawn()
    const told = await this.#starting.finally(() => (this.#starting = undefined))
    const child = this.#process
    child?.once('exit', () => this.#onExit(child))
    if (child && (child.exitCode !== null || child.signalCode !== null)) this.#onExit(child)
    return told
  }

  /** Ends the process for good, by force when it does not go in time. */
  async stop(): Promise<'ended' | 'killed'> {
    this.#isStopping = true
    clearTimeout(this.#backoff)
    const { stopTimeoutMs, mustBeReadyToStop } = this.declaration
    if (this.#starting && mustBeReadyToStop) {
      const settled = this.#starting.catch(() => undefined)
      await Promise.race([settled, pause(stopTimeoutMs, undefined, { ref: false })])
    }
    const outcome = this.#process ? await endProcess(this.#process, stopTimeoutMs) : 'ended'
    this.log.close()
    return outcome
  }

  async #spawn(): Promise<unknown> {
    const { name, command, args, env, cwd, user, hasChannel, ready, readyTimeoutMs } = this.declaration
    const child = spawnHeld(command, args, {
      env: { ...process.env, ...env },
      stdio: hasChannel ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
      ...(user === undefined ? {} : { user }),
    })
    this.#process = child
    const listeners: ((line: string) => void)[] = []
    this.#follow(child, (line) => listeners.forEach((listener) => listener(line)))

    const over = new AbortController()
    const late = setTimeout(() => over.abort(new Error('late')), readyTimeoutMs)
    const failure = new Promise<never>((_, reject) => {
      const refuse = (reason: string) => reject(new Error(`${name} ${reason}. ${this.#lastWords()}`))
      child.once('error', (error) => refuse(`cannot be started: ${error.message}`))
      child.once('exit', () => refuse(`ended before it was ready (${reasonOf(child)})`))
      over.signal.addEventListener('abort', () => refuse(`was not ready after ${readyTimeoutMs / 1000} s`))
    })
    try {
      const onLine = (listener: (line: string) => void) => void listeners.push(listener)
      return await Promise.race([ready({ process: child, onLine, signal: over.signal }), failure])
    } catch (error) {
      await endProcess(child, this.declaration.stopTimeoutMs)
      throw error
    } finally {
      clearTimeout(late)
      failure.catch(() => undefined)
      over.abort()
      listeners.length = 0
    }
  }

  #follow(child: ChildProcess, onOutput: (line: string) => void): void {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue
      createInterface({ input: stream }).on('line', (line) => {
        this.log.write(line)
        if (stream === child.stdout) onOutput(line)
        const { isInteresting, readable = (same: string) => same } = this.declaration
        if (isInteresting?.(line)) this.emit('line', readable(line))
      })
    }
  }

  #onExit(child: ChildProcess): void {
    if (this.#isStopping || child !== this.#process) return
    this.emit('exit', reasonOf(child))
    this.#scheduleRestart()
  }

  #scheduleRestart(): void {
    const now = performance.now()
    this.#recentExits = [...this.#recentExits.filter((at) => now - at < RESTARTS_WINDOW_MS), now]
    const exits = this.#recentExits.length
    if (exits > RESTARTS_MAX) {
      this.emit(
        'failed',
        new Error(`${this.declaration.name} ended ${exits} times in a minute. ${this.#lastWords()}`),
      )
      return
    }
    const delayMs = Math.min(BACKOFF_MIN_MS * 2 ** (exits - 1), BACKOFF_MAX_MS)
    this.#backoff = setTimeout(() => void this.#restart(), delayMs)
  }

  async #restart(): Promise<void> {
    const startedAt = performance.now()
    try {
      await this.start()
      this.emit('restarted', performance.now() - startedAt)
    } catch (error) {
      if (this.#isStopping) return
      this.emit('exit', error instanceof Error ? error.message : String(error))
      this.#scheduleRestart()
    }
  }

  #lastWords(): string {
    const lines = this.log.recentLines
    if (lines.length === 0) return `It wrote nothing; its log is ${this.log.file}.`
    return `Its last lines (${this.log.file}):\n${lines.map((line) => `    ${line}`).join('\n')}`
  }
}

function reasonOf(child: ChildProcess): string {
  return child.signalCode ? `signal ${child.signalCode}` : `exit code ${child.exitCode}`
}
