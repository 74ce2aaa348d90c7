/** What the disk itself needs for one sync: the floor under everything that is durable. */
import { closeSync, constants, fdatasyncSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const BLOCK = Buffer.alloc(4096, 1)
const BLOCKS = 4096

/** Syncs a block at a time of a file whose blocks all exist, so that no metadata changes. */
export class DiskProbe {
  readonly #path: string
  readonly #file: number
  #next = 0

  constructor(folder: string) {
    this.#path = join(folder, 'disk-probe')
    this.#file = openSync(this.#path, constants.O_RDWR | constants.O_CREAT)
    for (let block = 0; block < BLOCKS; block++)
      writeSync(this.#file, BLOCK, 0, BLOCK.length, block * BLOCK.length)
    fdatasyncSync(this.#file)
  }

  /** Milliseconds of one sync. */
  sync(): number {
    const at = (this.#next++ % BLOCKS) * BLOCK.length
    const startedAt = performance.now()
    writeSync(this.#file, BLOCK, 0, BLOCK.length, at)
    fdatasyncSync(this.#file)
    return performance.now() - startedAt
  }

  close(): void {
    closeSync(this.#file)
    unlinkSync(this.#path)
  }
}
