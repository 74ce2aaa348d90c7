/**
 * Every event the engine has given, by seq, so that a consumer can resume from any of them. It is made from the journal
 * and only as durable as it needs to be: what a power cut takes from its end is written again by the next replay.
 */
import { mkdir, open, readdir, readFile, truncate, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { viewEvents } from '../messages/event-decode.ts'
import { EVENT_SEQ } from '../messages/records.ts'

const SEGMENT_BYTES = 16 << 20
const READ_BYTES = 1 << 20
const HEAD_BYTES = 32
const MAGIC = 0x31424543 // "CEB1"

interface BlockHead {
  readonly length: number
  readonly crc: number
  readonly firstSeq: number
  readonly count: number
}

function fileName(firstSeq: number): string {
  return `events-${String(firstSeq).padStart(16, '0')}.log`
}

function headAt(bytes: Buffer, offset: number): BlockHead | undefined {
  if (offset + HEAD_BYTES > bytes.length || bytes.readUInt32LE(offset) !== MAGIC) return undefined
  return {
    length: bytes.readUInt32LE(offset + 4),
    crc: bytes.readUInt32LE(offset + 8),
    count: bytes.readUInt32LE(offset + 12),
    firstSeq: bytes.readDoubleLE(offset + 16),
  }
}

function isSound(bytes: Buffer, offset: number, head: BlockHead): boolean {
  return crc32(bytes.subarray(offset + 12, offset + HEAD_BYTES + head.length)) === head.crc
}

export class EventLog {
  readonly #folder: string
  /** First seq of each file, ascending. */
  readonly #files: number[]
  #file: FileHandle | undefined
  #offset = 0
  /** The seq after the last event that can be read. */
  nextSeq = 1

  private constructor(folder: string, files: number[]) {
    this.#folder = folder
    this.#files = files
  }

  /** Opens the log and cuts what an interrupted write left at its end. */
  static async open(folder: string): Promise<EventLog> {
    await mkdir(folder, { recursive: true })
    const files: number[] = []
    for (const name of await readdir(folder)) {
      const match = /^events-(\d{16})\.log$/.exec(name)
      if (match) files.push(Number(match[1]))
    }
    const log = new EventLog(
      folder,
      files.sort((a, b) => a - b),
    )
    await log.#recover()
    return log
  }

  async #recover(): Promise<void> {
    const last = this.#files.at(-1)
    if (last === undefined) return
    const path = join(this.#folder, fileName(last))
    const bytes = await readFile(path)
    this.nextSeq = last
    let offset = 0
    for (let head = headAt(bytes, 0); head; head = headAt(bytes, offset)) {
      const end = offset + HEAD_BYTES + head.length
      if (end > bytes.length || head.firstSeq !== this.nextSeq || !isSound(bytes, offset, head)) break
      this.nextSeq += head.count
      offset = end
    }
    await truncate(path, offset)
    this.#file = await open(path, 'r+')
    this.#offset = offset
  }

  /** Adds the events of one durable group. They can be read when it resolves. */
  async append(events: Buffer, firstSeq: number, count: number): Promise<void> {
    if (!this.#file || this.#offset >= SEGMENT_BYTES) await this.#startFile(firstSeq)
    const head = Buffer.alloc(HEAD_BYTES)
    head.writeUInt32LE(MAGIC, 0)
    head.writeUInt32LE(events.length, 4)
    head.writeUInt32LE(count, 12)
    head.writeDoubleLE(firstSeq, 16)
    head.writeUInt32LE(crc32(events, crc32(head.subarray(12))), 8)
    let at = this.#offset
    for (const part of [head, events]) {
      for (let written = 0; written < part.length;) {
        const { bytesWritten } = await this.#file!.write(part, written, part.length - written, at)
        written += bytesWritten
        at += bytesWritten
      }
    }
    this.#offset = at
    this.nextSeq = firstSeq + count
  }

  async #startFile(firstSeq: number): Promise<void> {
    // Only the last file is checked at a start, so the ones before it must be whole on disk.
    await this.#file?.sync()
    await this.#file?.close()
    this.#file = await open(join(this.#folder, fileName(firstSeq)), 'w+')
    this.#offset = 0
    this.#files.push(firstSeq)
  }

  /** The file that has `seq`, and the one after it. */
  fileOf(seq: number): { path: string; isLast: boolean } {
    const index = Math.max(
      0,
      this.#files.findLastIndex((first) => first <= seq),
    )
    return {
      path: join(this.#folder, fileName(this.#files[index]!)),
      isLast: index === this.#files.length - 1,
    }
  }

  /** The events from `seq` on, `count` of them: what a remembered command caused. */
  async read(seq: number, count: number): Promise<Buffer> {
    const reader = new EventReader(this, seq)
    const parts: Buffer[] = []
    for (let next = seq; next < seq + count;) {
      const events = await reader.next()
      if (!events) break
      parts.push(events.subarray(0, offsetOf(events, seq + count)))
      next = reader.nextSeq
    }
    await reader.close()
    return Buffer.concat(parts)
  }

  async close(): Promise<void> {
    await this.#file?.sync()
    await this.#file?.close()
  }
}

/** The part of `events` that starts with `seq`. */
export function eventsFrom(events: Buffer, seq: number): Buffer {
  return events.subarray(offsetOf(events, seq))
}

function offsetOf(events: Buffer, seq: number): number {
  const { i, f } = viewEvents(events)
  let at = 0
  while (at < i.length && f[(at + EVENT_SEQ) >> 1]! < seq) at += (i[at]! & 0xffff) >> 2
  return at * 4
}

/** Reads on from a seq, a megabyte at a time, for one consumer. */
export class EventReader {
  readonly #log: EventLog
  #path = ''
  #file: FileHandle | undefined
  #offset = 0
  nextSeq: number

  constructor(log: EventLog, fromSeq: number) {
    this.#log = log
    this.nextSeq = fromSeq
  }

  /** The next events, whole groups except for where the reader started; undefined when there are none yet. */
  async next(): Promise<Buffer | undefined> {
    while (this.nextSeq < this.#log.nextSeq) {
      const { path } = this.#log.fileOf(this.nextSeq)
      if (path !== this.#path) await this.#openFile(path)
      const blocks = await this.#readBlocks()
      const events: Buffer[] = []
      for (const { head, bytes } of blocks) {
        if (head.firstSeq + head.count <= this.nextSeq) continue
        events.push(head.firstSeq < this.nextSeq ? eventsFrom(bytes, this.nextSeq) : bytes)
        this.nextSeq = head.firstSeq + head.count
      }
      if (events.length > 0) return Buffer.concat(events)
    }
    return undefined
  }

  async #openFile(path: string): Promise<void> {
    await this.#file?.close()
    this.#file = await open(path, 'r')
    this.#path = path
    this.#offset = 0
  }

  async #readBlocks(): Promise<{ head: BlockHead; bytes: Buffer }[]> {
    let chunk = await this.#readAt(this.#offset, READ_BYTES)
    const first = headAt(chunk, 0)
    if (first && HEAD_BYTES + first.length > chunk.length) {
      chunk = await this.#readAt(this.#offset, HEAD_BYTES + first.length)
    }
    const blocks: { head: BlockHead; bytes: Buffer }[] = []
    let at = 0
    for (let head = first; head; head = headAt(chunk, at)) {
      const end = at + HEAD_BYTES + head.length
      // The end of the chunk, or of what this file has so far: the log may be adding to it.
      if (end > chunk.length || head.firstSeq >= this.#log.nextSeq) break
      if (!isSound(chunk, at, head)) throw new Error(`${this.#path} is damaged at byte ${this.#offset + at}`)
      blocks.push({ head, bytes: chunk.subarray(at + HEAD_BYTES, end) })
      at = end
    }
    if (at === 0)
      throw new Error(`${this.#path} is damaged at byte ${this.#offset}: event ${this.nextSeq} is missing`)
    this.#offset += at
    return blocks
  }

  async #readAt(offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(length)
    const { bytesRead } = await this.#file!.read(buffer, 0, length, offset)
    return buffer.subarray(0, bytesRead)
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }
}
