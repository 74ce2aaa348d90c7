/**
 * Every event the engine has given, by seq, so that a consumer can resume from any of them. It is made from the journal
 * and only as durable as it needs to be: what a crash takes from its end is written again by the next replay. So a working
 * engine adds its events in memory, where they can be read at once, and they reach the files a moment later.
 */
import { join } from 'node:path'
import { blockAt, sealBlock } from './event-block.ts'
import { eventsFrom, EventReader, offsetOf } from './event-reader.ts'
import { readAll, type Disk, type DiskFile } from './disk.ts'
import { ByteList } from '../process/byte-list.ts'

export const EVENT_FILE_BYTES = 16 << 20
/** So much is synced at a time: all of a file together would hold up the journal's writes for as long as that takes. */
const UNSYNCED_BYTES_MAX = 1 << 20
/** But not while this much has come in the meantime: then nobody looks at the time of one write. */
const HURRIED_BYTES = 1 << 18

function fileName(firstSeq: number): string {
  return `events-${String(firstSeq).padStart(16, '0')}.log`
}

/** Events from before what is kept were asked for. */
export class EventsGone extends Error {
  override readonly name = 'EventsGone'
  readonly firstSeq: number

  constructor(seq: number, firstSeq: number) {
    super(`event ${seq} is not kept any more; the first that is has seq ${firstSeq}`)
    this.firstSeq = firstSeq
  }
}

export class EventLog {
  readonly disk: Disk
  readonly #folder: string
  /** First seq and size of each file, ascending. */
  #files: { readonly firstSeq: number; bytes: number }[] = []
  #file: DiskFile | undefined
  #offset = 0
  #unsyncedBytes = 0
  /** Blocks that are in no file yet: those being written, up to a seq, and those that came meanwhile. */
  #leaving = new ByteList()
  #leavingSeq = 1
  #waiting = new ByteList()
  #writing: Promise<void> | undefined
  /** The seq after the last event that can be read, and after the last one in the files. */
  nextSeq = 1
  writtenSeq = 1

  private constructor(disk: Disk, folder: string) {
    this.disk = disk
    this.#folder = folder
  }

  /** Opens the log and cuts what an interrupted write left at its end. */
  static async open(disk: Disk, folder: string): Promise<EventLog> {
    await disk.makeFolder(folder)
    const log = await EventLog.openToRead(disk, folder)
    const last = log.#files.at(-1)
    if (!last) return log
    log.#file = await disk.open(log.#path(last.firstSeq), 'update')
    await log.#file.truncate(log.#offset)
    last.bytes = log.#offset
    return log
  }

  /** Leaves the files as they are, also while an engine adds to them. */
  static async openToRead(disk: Disk, folder: string): Promise<EventLog> {
    const log = new EventLog(disk, folder)
    for (const name of await disk.list(folder)) {
      const match = /^events-(\d{16})\.log$/.exec(name)
      if (match) log.#files.push({ firstSeq: Number(match[1]), bytes: 0 })
    }
    for (const file of log.#files) file.bytes = await log.#sizeOf(file.firstSeq)
    await log.#findEnd()
    return log
  }

  /** The seq of the first event that can be read, or the next one when there is none. */
  get firstSeq(): number {
    return this.#files[0]?.firstSeq ?? this.writtenSeq
  }

  #path(firstSeq: number): string {
    return join(this.#folder, fileName(firstSeq))
  }

  async #sizeOf(firstSeq: number): Promise<number> {
    const file = await this.disk.open(this.#path(firstSeq), 'read')
    try {
      return await file.size()
    } finally {
      await file.close()
    }
  }

  async #findEnd(): Promise<void> {
    const last = this.#files.at(-1)
    if (last === undefined) return
    const bytes = await readAll(this.disk, this.#path(last.firstSeq))
    this.nextSeq = last.firstSeq
    let offset = 0
    for (let block = blockAt(bytes, 0); block; block = blockAt(bytes, offset)) {
      if (!block.isSound || block.firstSeq !== this.nextSeq) break
      this.nextSeq += block.count
      offset += block.length
    }
    this.#offset = offset
    this.writtenSeq = this.nextSeq
  }

  /** How much can be read and is in no file yet. */
  get lateBytes(): number {
    return this.#leaving.length + this.#waiting.length
  }

  /** Adds the events of a durable record, which can be read at once. `block` starts with room for its head. */
  add(block: Buffer, firstSeq: number, count: number): void {
    sealBlock(block, firstSeq, count)
    this.#waiting.append(block)
    this.nextSeq = firstSeq + count
  }

  /** Brings what has been added so far to the files. After a failure it can be called again. */
  async write(): Promise<void> {
    const { nextSeq } = this
    while (this.writtenSeq < nextSeq) {
      this.#writing ??= this.#writeWaiting().finally(() => (this.#writing = undefined))
      await this.#writing
    }
  }

  async #writeWaiting(): Promise<void> {
    // Unless they could not be written before.
    if (this.#leaving.length === 0) {
      ;[this.#leaving, this.#waiting] = [this.#waiting, this.#leaving]
      this.#leavingSeq = this.nextSeq
    }
    await this.#writeOn(this.#leaving.bytes(), this.#leavingSeq)
    this.#leaving.length = 0
    const isHurried = this.#waiting.length > HURRIED_BYTES
    if (this.#unsyncedBytes >= UNSYNCED_BYTES_MAX && !isHurried) await this.#syncFile()
  }

  async #syncFile(): Promise<void> {
    await this.#file?.sync()
    this.#unsyncedBytes = 0
  }

  /** What was added from `seq` on, undefined when that is in the files. */
  lateFrom(seq: number): Buffer | undefined {
    if (seq < this.writtenSeq) return undefined
    const late: Buffer[] = []
    for (const list of [this.#leaving, this.#waiting]) {
      const bytes = list.bytes()
      let offset = 0
      for (let block = blockAt(bytes, 0); block; block = blockAt(bytes, offset)) {
        if (block.firstSeq + block.count > seq) late.push(block.events)
        offset += block.length
      }
    }
    return eventsFrom(Buffer.concat(late), seq)
  }

  /**
   * Adds events and resolves when they are in the files; not for a log that has others to write. After a failure the same
   * block can be given again.
   */
  async append(block: Buffer, firstSeq: number, count: number): Promise<void> {
    sealBlock(block, firstSeq, count)
    await this.#writeOn(block, firstSeq + count)
    this.nextSeq = this.writtenSeq
  }

  async #writeOn(blocks: Buffer, nextSeq: number): Promise<void> {
    if (!this.#file || this.#offset >= EVENT_FILE_BYTES) await this.#startFile(this.writtenSeq)
    await this.#file!.write(blocks, this.#offset)
    this.#offset += blocks.length
    this.#unsyncedBytes += blocks.length
    this.#files.at(-1)!.bytes = this.#offset
    this.writtenSeq = nextSeq
  }

  async #startFile(firstSeq: number): Promise<void> {
    // Only the last file is checked at a start, so the ones before it must be whole on disk.
    await this.#syncFile()
    const file = await this.disk.open(this.#path(firstSeq), 'create')
    await this.#file?.close()
    this.#file = file
    this.#offset = 0
    this.#files.push({ firstSeq, bytes: 0 })
  }

  /** The file that has `seq`. */
  pathOf(seq: number): string {
    const file = this.#files.findLast(({ firstSeq }) => firstSeq <= seq)
    if (!file) throw new EventsGone(seq, this.firstSeq)
    return this.#path(file.firstSeq)
  }

  /** The events from `seq` on, `count` of them: what a remembered command caused. None when they are not kept any more. */
  async read(seq: number, count: number): Promise<Buffer> {
    if (seq < this.firstSeq) return Buffer.alloc(0)
    const reader = new EventReader(this, seq)
    const parts: Buffer[] = []
    try {
      for (let next = seq; next < seq + count;) {
        const events = await reader.next()
        if (!events) break
        parts.push(events.subarray(0, offsetOf(events, seq + count)))
        next = reader.nextSeq
      }
    } finally {
      await reader.close()
    }
    return Buffer.concat(parts)
  }

  /** Makes what is there durable: nothing before it needs the journal any more. */
  async sync(): Promise<void> {
    await this.write()
    await this.#syncFile()
    await this.disk.syncFolder(this.#folder)
  }

  /** Removes the oldest files while more than `bytes` are kept. Returns how many events that were. */
  async prune(bytes: number): Promise<number> {
    const before = this.firstSeq
    let kept = this.#files.reduce((sum, file) => sum + file.bytes, 0)
    while (this.#files.length > 1 && kept > bytes) {
      const oldest = this.#files.shift()!
      kept -= oldest.bytes
      await this.disk.remove(this.#path(oldest.firstSeq))
    }
    return this.firstSeq - before
  }

  /** Gives up all events and goes on at `seq`: what is between cannot be made again. */
  async restartAt(seq: number): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
    for (const { firstSeq } of this.#files) await this.disk.remove(this.#path(firstSeq))
    this.#files = []
    this.nextSeq = this.writtenSeq = seq
  }

  async close(): Promise<void> {
    await this.#writing?.catch(() => undefined)
    await this.#file?.sync()
    await this.#file?.close()
  }
}
