/**
 * A disk in memory that behaves as badly as a real one may: what was not synced is lost or half there after a crash, writes
 * fail, space runs out. Whatever it does is decided by its seed.
 */
import type { Disk, DiskFile, OpenMode } from '../journal/disk.ts'

const SECTOR = 512

/** The power went. Everything that is asked of the disk after it fails the same way. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut'
}

export function diskError(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code })
}

class Contents {
  /** What a reader sees, and what is on the platter. */
  seen: Buffer = Buffer.alloc(0)
  kept: Buffer = Buffer.alloc(0)

  write(bytes: Uint8Array, position: number): void {
    this.resize(Math.max(this.seen.length, position + bytes.length))
    this.seen.set(bytes, position)
  }

  resize(size: number): void {
    if (size === this.seen.length) return
    const resized = Buffer.alloc(size)
    this.seen.copy(resized)
    this.seen = resized
  }

  keep(): void {
    this.kept = Buffer.from(this.seen)
  }

  /** Each sector that differs was written by then, or was not. */
  tear(random: () => number, start = 0, end = Math.max(this.seen.length, this.kept.length)): void {
    const size = random() < 0.5 ? this.seen.length : this.kept.length
    const torn = Buffer.alloc(Math.max(size, this.kept.length))
    this.kept.copy(torn)
    for (let at = start - (start % SECTOR); at < end; at += SECTOR) {
      if (random() < 0.5 && at < this.seen.length) {
        this.seen.copy(torn, at, at, Math.min(at + SECTOR, torn.length))
      }
    }
    this.kept = torn.subarray(0, Math.max(size, this.kept.length))
  }
}

/** `1..2^32` from a seed: the same faults for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

export class FaultDisk implements Disk {
  #names = new Map<string, Contents>()
  #kept = new Map<string, Contents>()
  #hasPower = true
  /** Operations that change the disk, so far. */
  operations = 0
  /** The power goes while this operation is under way. */
  cutAt = Infinity
  /** Bytes of all files together. */
  capacity = Infinity
  /** Consulted before each write and sync; what it returns is thrown, after a write if `isLate`, which then took place. */
  fault: (operation: 'write' | 'sync', path: string) => { error: Error; isLate?: boolean } | undefined = () =>
    undefined
  readonly #random: () => number

  constructor(seed = 1) {
    this.#random = randomFrom(seed)
  }

  /** The disk as the next start finds it. */
  restarted(): FaultDisk {
    const disk = new FaultDisk(Math.floor(this.#random() * 2 ** 32))
    for (const contents of new Set([...this.#kept.values(), ...this.#names.values()])) {
      contents.tear(this.#random)
      contents.seen = Buffer.from(contents.kept)
    }
    disk.#names = new Map(this.#kept)
    disk.#kept = new Map(this.#kept)
    return disk
  }

  /** All files with what they hold, to be damaged by a test. */
  contents(name: string): Buffer {
    const found = [...this.#names].find(([path]) => path.endsWith(name))
    if (!found) throw new Error(`there is no ${name}`)
    return found[1].seen
  }

  replace(name: string, bytes: Buffer): void {
    const found = [...this.#names].find(([path]) => path.endsWith(name))!
    found[1].seen = bytes
    found[1].keep()
  }

  /** Counts an operation. True when the power goes during it. */
  #begin(): boolean {
    if (!this.#hasPower) throw new PowerCut('there is no power')
    this.operations++
    return this.operations === this.cutAt
  }

  #cut(): never {
    this.#hasPower = false
    throw new PowerCut('the power went')
  }

  #used(): number {
    return [...this.#names.values()].reduce((sum, { seen }) => sum + seen.length, 0)
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    if (!this.#hasPower) throw new PowerCut('there is no power')
    let contents = this.#names.get(path)
    if (mode === 'create') {
      const isCut = this.#begin()
      contents ??= new Contents()
      contents.resize(0)
      this.#names.set(path, contents)
      if (isCut) this.#cut()
    }
    if (!contents) throw diskError('ENOENT', `no such file, open '${path}'`)
    return this.#file(path, contents, mode)
  }

  #file(path: string, contents: Contents, mode: OpenMode): DiskFile {
    return {
      read: async (length, position) => {
        if (!this.#hasPower) throw new PowerCut('there is no power')
        return Buffer.from(contents.seen.subarray(position, position + length))
      },
      size: async () => contents.seen.length,
      write: async (bytes, position) => {
        this.#write(path, contents, { bytes, position, isThrough: mode === 'through' })
      },
      truncate: async (size) => {
        if (this.#begin()) this.#cut()
        contents.resize(size)
      },
      sync: async () => {
        const isCut = this.#begin()
        const fault = this.fault('sync', path)
        if (fault) throw fault.error
        if (isCut) {
          contents.tear(this.#random)
          this.#cut()
        }
        contents.keep()
      },
      close: async () => undefined,
    }
  }

  #write(
    path: string,
    contents: Contents,
    { bytes, position, isThrough }: { bytes: Uint8Array; position: number; isThrough: boolean },
  ): void {
    const isCut = this.#begin()
    const fault = this.fault('write', path)
    if (fault && !fault.isLate) throw fault.error
    const growth = Math.max(0, position + bytes.length - contents.seen.length)
    if (this.#used() + growth > this.capacity) throw diskError('ENOSPC', 'no space left on device, write')
    contents.write(bytes, position)
    if (isCut) {
      if (isThrough) contents.tear(this.#random, position, position + bytes.length)
      this.#cut()
    }
    if (isThrough) contents.keep()
    if (fault) throw fault.error
  }

  async list(folder: string): Promise<string[]> {
    const names = [...this.#names.keys()].filter((path) => path.startsWith(`${folder}/`))
    return names
      .map((path) => path.slice(folder.length + 1))
      .filter((name) => !name.includes('/'))
      .sort()
  }

  async makeFolder(): Promise<void> {
    // Folders are only parts of names here.
  }

  async rename(from: string, to: string): Promise<void> {
    const isCut = this.#begin()
    const contents = this.#names.get(from)
    if (!contents) throw diskError('ENOENT', `no such file, rename '${from}'`)
    this.#names.delete(from)
    this.#names.set(to, contents)
    if (isCut) this.#cut()
  }

  async remove(path: string): Promise<void> {
    const isCut = this.#begin()
    this.#names.delete(path)
    if (isCut) this.#cut()
  }

  async syncFolder(folder: string): Promise<void> {
    const isCut = this.#begin()
    // Cut in the middle, all of it has happened or nothing: file systems journal their names.
    if (isCut && this.#random() < 0.5) this.#cut()
    for (const path of new Set([...this.#names.keys(), ...this.#kept.keys()])) {
      if (!path.startsWith(`${folder}/`)) continue
      const contents = this.#names.get(path)
      if (contents) this.#kept.set(path, contents)
      else this.#kept.delete(path)
    }
    if (isCut) this.#cut()
  }
}
