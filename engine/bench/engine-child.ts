/** A real engine's process on a folder of its own, on the disk that the bench's folder is on. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LineProcess } from './child-process.ts'

const main = join(import.meta.dirname, '../main.ts')

export interface Ready {
  readonly seq: number
  readonly replayed: number
  readonly ms: number
}

interface Options {
  readonly node?: readonly string[]
  readonly engine?: readonly string[]
}

export class EngineChild {
  readonly folder: string
  /** Apart from the folder, because a path of a socket must be short. */
  readonly #sockets = mkdtempSync(join(tmpdir(), 'cambium-bench-'))
  readonly socket = join(this.#sockets, 'engine.sock')
  #process: LineProcess | undefined

  constructor(parent: string) {
    mkdirSync(parent, { recursive: true })
    this.folder = mkdtempSync(join(parent, 'engine-'))
  }

  async start({ node = [], engine = [] }: Options = {}): Promise<Ready> {
    const args = [...node, main, '--data', join(this.folder, 'data'), '--socket', this.socket, ...engine]
    this.#process = new LineProcess(process.execPath, args, { isPinned: false })
    return this.#process.line<Ready>()
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  async stop(): Promise<void> {
    await this.#process?.end()
    this.#process = undefined
  }

  /** Ends it and answers what it says at its end; while it ran it may have told of snapshots. */
  async lastWords<Answer>(): Promise<Answer> {
    const child = this.#process!
    await this.stop()
    return child.lastLine<Answer>()
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
    rmSync(this.#sockets, { recursive: true, force: true })
  }
}
