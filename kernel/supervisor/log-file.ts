import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import path from 'node:path'

const BYTES_MAX = 5_000_000
const GENERATIONS_MAX = 3

/**
 * One child's log: `name.log`, and older ones as `name.log.1` … `.3`.
 * Writes are synchronous so that the last words of a dying child are on disk when its exit is reported.
 */
export class LogFile {
  readonly file: string
  readonly #recent: string[] = []
  #descriptor: number | undefined
  #size: number

  constructor(file: string) {
    this.file = file
    mkdirSync(path.dirname(file), { recursive: true })
    this.#descriptor = openSync(file, 'a', 0o640)
    this.#size = fstatSync(this.#descriptor).size
  }

  /** The newest lines, oldest first: what is shown when the child cannot be kept alive. */
  get recentLines(): readonly string[] {
    return this.#recent
  }

  write(line: string): void {
    this.#recent.push(line)
    if (this.#recent.length > 20) this.#recent.shift()
    if (this.#descriptor === undefined) return
    try {
      if (this.#size > BYTES_MAX) this.#rotate(this.#descriptor)
      // A structured line has its time already.
      const dated = line.startsWith('{"time"') ? line : `${new Date().toISOString()} ${line}`
      this.#size += writeSync(this.#descriptor, `${dated}\n`)
    } catch {
      // A full disk must not stop the supervisor: the line stays in `recentLines`.
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #rotate(descriptor: number): void {
    closeSync(descriptor)
    for (let generation = GENERATIONS_MAX - 1; generation >= 0; generation--) {
      const source = generation === 0 ? this.file : `${this.file}.${generation}`
      if (existsSync(source)) renameSync(source, `${this.file}.${generation + 1}`)
    }
    this.#descriptor = openSync(this.file, 'a', 0o640)
    this.#size = 0
  }
}
