/**
 * The few file operations that durability rests on. One implementation is the machine's file system; tests have
 * another that fills up, fails and loses what was not synced.
 */
import { constants, writeSync } from 'node:fs'
import * as fs from 'node:fs/promises'

/** `through`: each write is on disk when it resolves. `create` empties what was there. */
export type OpenMode = 'read' | 'create' | 'update' | 'through'

export interface DiskFile {
  /** May read less than asked for, at the end of the file. `into` is where to, when that is long enough. */
  read(length: number, position: number, into?: Buffer): Promise<Buffer>
  write(bytes: Uint8Array, position: number): Promise<void>
  size(): Promise<number>
  truncate(size: number): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

export interface Disk {
  open(path: string, mode: OpenMode): Promise<DiskFile>
  /** Names in a folder, in order; none when there is no such folder. */
  list(folder: string): Promise<string[]>
  makeFolder(folder: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Nothing happens when the file is not there. */
  remove(path: string): Promise<void>
  /** Makes the names in a folder durable: files made, renamed and removed. */
  syncFolder(folder: string): Promise<void>
}

const flags: Readonly<Record<OpenMode, number>> = {
  read: constants.O_RDONLY,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC,
  update: constants.O_RDWR,
  through: constants.O_RDWR | constants.O_DSYNC,
}

/** One read cannot be longer than two gigabytes. */
const READ_BYTES_MAX = 1 << 30

/**
 * A write through to the disk of some hundred commands is waited for in place: handing it to another thread and back takes
 * longer than the disk does, and the answers of all that are there wait for it. Of more than that the next ones are applied meanwhile.
 */
const WAITED_BYTES_MAX = 16 << 10

class NodeFile implements DiskFile {
  readonly #handle: fs.FileHandle
  readonly #isThrough: boolean

  constructor(handle: fs.FileHandle, mode: OpenMode) {
    this.#handle = handle
    this.#isThrough = mode === 'through'
  }

  async read(length: number, position: number, into?: Buffer): Promise<Buffer> {
    const bytes = into && into.length >= length ? into : Buffer.allocUnsafeSlow(length)
    let done = 0
    while (done < length) {
      const part = Math.min(length - done, READ_BYTES_MAX)
      const { bytesRead } = await this.#handle.read(bytes, done, part, position + done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return bytes.subarray(0, done)
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    let done = 0
    const isWaited = this.#isThrough && bytes.length <= WAITED_BYTES_MAX
    while (done < bytes.length) {
      const left = bytes.length - done
      if (isWaited) {
        done += writeSync(this.#handle.fd, bytes, done, left, position + done)
        continue
      }
      done += (await this.#handle.write(bytes, done, left, position + done)).bytesWritten
    }
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size
  }

  truncate(size: number): Promise<void> {
    return this.#handle.truncate(size)
  }

  sync(): Promise<void> {
    return this.#handle.sync()
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

export const nodeDisk: Disk = {
  async open(path, mode) {
    return new NodeFile(await fs.open(path, flags[mode], 0o600), mode)
  },
  async list(folder) {
    try {
      return (await fs.readdir(folder)).sort()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  },
  async makeFolder(folder) {
    await fs.mkdir(folder, { recursive: true })
  },
  rename: (from, to) => fs.rename(from, to),
  remove: (path) => fs.rm(path, { force: true }),
  async syncFolder(folder) {
    const handle = await fs.open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
}

const zeros = Buffer.alloc(1 << 20)

/** Writes zeros from `start` to `end`, so that later writes there change no metadata. */
export async function fillZeros(file: DiskFile, start: number, end: number): Promise<void> {
  for (let at = start; at < end; at += zeros.length) {
    await file.write(zeros.subarray(0, Math.min(zeros.length, end - at)), at)
  }
}

export function isZero(bytes: Buffer, start = 0, end = bytes.length): boolean {
  for (let at = start; at < end; at += zeros.length) {
    const size = Math.min(zeros.length, end - at)
    if (bytes.compare(zeros, 0, size, at, at + size) !== 0) return false
  }
  return true
}

/** Reads a whole file, into memory that is there already if it is long enough. */
export async function readAll(disk: Disk, path: string, into?: Buffer): Promise<Buffer> {
  const file = await disk.open(path, 'read')
  try {
    return await file.read(await file.size(), 0, into)
  } finally {
    await file.close()
  }
}
