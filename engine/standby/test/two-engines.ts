/** Engines on folders of their own with a line between them that can be cut, and what tests ask of them. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { EngineLink } from '../../client/link.ts'
import { connectEngine, type EngineClient, type EngineClientOptions } from '../../client/client.ts'
import type { EngineStatus, Promoted } from '../control.ts'

const main = new URL('../../main.ts', import.meta.url).pathname

/** Resolves once `holds` answers true, and fails when that takes longer than any test may. */
export async function eventually(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const deadline = performance.now() + 40_000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`it never came to this: ${what}`)
    await pause(10)
  }
}

/** A line that can lose everything sent over it, in both directions, without telling either end. */
export class Line {
  readonly #server: Server
  readonly #ends = new Set<readonly [Socket, Socket]>()
  #isCut = false

  constructor(path: string, target: string) {
    this.#server = createServer((near) => {
      const far = connect(target)
      const both = [near, far] as const
      this.#ends.add(both)
      for (const [from, to] of [both, [far, near] as const]) {
        from.on('data', (bytes) => this.#isCut || to.write(bytes))
        from.on('error', () => to.destroy())
        from.on('close', () => {
          this.#ends.delete(both)
          // Whoever is cut off is not even told of the end.
          if (!this.#isCut) to.destroy()
        })
      }
    })
    this.#server.listen(path)
  }

  cut(): void {
    this.#isCut = true
  }

  heal(): void {
    this.#isCut = false
    // What was lost on the way makes the rest of a stream worthless.
    for (const both of this.#ends) for (const socket of both) socket.destroy()
  }

  close(): void {
    this.#server.close()
    this.heal()
  }
}

export class Engine {
  readonly folder: string
  readonly data: string
  readonly socket: string
  /** What it has told the operator. */
  readonly told: string[] = []
  #child: ChildProcess | undefined
  readonly #clients: EngineClient[] = []

  constructor(folder: string, name: string) {
    this.folder = folder
    this.data = join(folder, name)
    this.socket = join(folder, `${name}.sock`)
  }

  /** Resolves when it serves; rejects with what it told when it ends before. */
  async start(...options: string[]): Promise<void> {
    const args = [main, '--data', this.data, '--socket', this.socket, '--segment-bytes', '262144', ...options]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    createInterface({ input: child.stderr }).on('line', (line) => this.told.push(line))
    const closed = once(child, 'close')
    const ready = once(createInterface({ input: child.stdout }), 'line')
    const isReady = await Promise.race([ready.then(() => true), closed.then(() => false)])
    if (!isReady) throw new Error(this.told.join('\n'))
  }

  /** Resolves with the exit code when it ends by itself. */
  async ended(): Promise<number | null> {
    const child = this.#child!
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    return child.exitCode
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, 'close')
    child.kill(signal)
    await closed
  }

  hasTold(pattern: RegExp): boolean {
    return this.told.some((line) => pattern.test(line))
  }

  client(options: Partial<EngineClientOptions> = {}): EngineClient {
    const client = connectEngine({ socket: this.socket, ...options })
    this.#clients.push(client)
    return client
  }

  /** A question to this engine itself, whatever its role. */
  async ask<Result>(question: object): Promise<Result> {
    return this.#open((link) => link.ask<Result>(question))
  }

  async read<Result>(question: object): Promise<{ seq: number; result: Result; standby?: true }> {
    return this.#open((link) => link.read<Result>(question))
  }

  async #open<Result>(use: (link: EngineLink) => Promise<Result>): Promise<Result> {
    const link = new EngineLink(this.socket, { onClose: () => undefined })
    try {
      await link.opened
      return await use(link)
    } finally {
      link.close()
    }
  }

  /** An engine whose role changes may close a connection before it hears the question. */
  status(): Promise<EngineStatus> {
    const ask = (): Promise<EngineStatus> => this.ask<EngineStatus>({ ask: 'status' })
    return ask().catch(ask)
  }

  promote(force = false): Promise<Promoted> {
    return this.ask<Promoted>({ ask: 'promote', force, waitMs: 500 })
  }

  /** Resolves when this standby has everything up to event `seq`. */
  reaches(seq: number): Promise<void> {
    return eventually(async () => (await this.status()).seq >= seq, `event ${seq} at ${this.socket}`)
  }

  close(): void {
    for (const client of this.#clients) client.close()
  }
}

/** A primary, a standby that reaches it over a line, and what else a test adds. */
export class TwoEngines {
  readonly folder = mkdtempSync(join(tmpdir(), 'cambium-standby-'))
  readonly primary = new Engine(this.folder, 'first')
  readonly standby = new Engine(this.folder, 'second')
  readonly line: Line
  readonly lineSocket = join(this.folder, 'line.sock')
  readonly #others: Engine[] = []

  constructor() {
    this.line = new Line(this.lineSocket, this.primary.socket)
  }

  /** Both addresses, as clients are given them. */
  get addresses(): string {
    return `${this.primary.socket},${this.standby.socket}`
  }

  add(name: string): Engine {
    const engine = new Engine(this.folder, name)
    this.#others.push(engine)
    return engine
  }

  async start(...options: string[]): Promise<void> {
    await this.primary.start(...options)
    await this.startStandby()
  }

  async startStandby(...options: string[]): Promise<void> {
    await this.standby.start('--standby-of', this.lineSocket, ...options)
    await eventually(async () => (await this.standby.status()).isFollowing === true, 'the standby follows')
  }

  async dispose(): Promise<void> {
    for (const engine of [this.primary, this.standby, ...this.#others]) {
      engine.close()
      await engine.kill()
    }
    this.line.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
