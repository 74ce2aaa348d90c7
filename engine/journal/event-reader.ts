/** Reads the event log on from a seq, a megabyte at a time, for one consumer. */
import { viewEvents } from '../messages/event-decode.ts'
import { EVENT_SEQ } from '../messages/records.ts'
import type { Disk, DiskFile } from './disk.ts'
import { blockAt, blockLengthAt, type EventBlock } from './event-block.ts'

const READ_BYTES = 1 << 20

/** What a reader asks of the log. */
interface EventFiles {
  readonly disk: Disk
  readonly nextSeq: number
  readonly writtenSeq: number
  lateFrom(seq: number): Buffer | undefined
  pathOf(seq: number): string
}

/** The part of `events` that starts with `seq`. */
export function eventsFrom(events: Buffer, seq: number): Buffer {
  return events.subarray(offsetOf(events, seq))
}

export function offsetOf(events: Buffer, seq: number): number {
  const { i, f } = viewEvents(events)
  let at = 0
  while (at < i.length && f[(at + EVENT_SEQ) >> 1]! < seq) at += (i[at]! & 0xffff) >> 2
  return at * 4
}

export class EventReader {
  readonly #log: EventFiles
  #path = ''
  #file: DiskFile | undefined
  #offset = 0
  nextSeq: number

  constructor(log: EventFiles, fromSeq: number) {
    this.#log = log
    this.nextSeq = fromSeq
  }

  /**
   * The next events, whole groups except for where the reader started, or where `end` is; undefined when there are none
   * yet.
   */
  async next(end = Infinity): Promise<Buffer | undefined> {
    while (this.nextSeq < Math.min(end, this.#log.nextSeq)) {
      const found = this.#nextLate() ?? (await this.#nextInFiles())
      if (!found) continue
      if (this.nextSeq <= end) return found
      this.nextSeq = end
      return found.subarray(0, offsetOf(found, end))
    }
    return undefined
  }

  #nextLate(): Buffer | undefined {
    const late = this.#log.lateFrom(this.nextSeq)
    if (late) this.nextSeq = this.#log.nextSeq
    return late
  }

  async #nextInFiles(): Promise<Buffer | undefined> {
    const path = this.#log.pathOf(this.nextSeq)
    if (path !== this.#path) await this.#openFile(path)
    const events: Buffer[] = []
    for (const block of await this.#readBlocks()) {
      if (block.firstSeq + block.count <= this.nextSeq) continue
      events.push(block.firstSeq < this.nextSeq ? eventsFrom(block.events, this.nextSeq) : block.events)
      this.nextSeq = block.firstSeq + block.count
    }
    return events.length === 0 ? undefined : Buffer.concat(events)
  }

  async #openFile(path: string): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
    this.#file = await this.#log.disk.open(path, 'read')
    this.#path = path
    this.#offset = 0
  }

  async #readBlocks(): Promise<EventBlock[]> {
    let chunk = await this.#file!.read(READ_BYTES, this.#offset)
    const first = blockLengthAt(chunk, 0)
    if (first && first > chunk.length) chunk = await this.#file!.read(first, this.#offset)
    const blocks: EventBlock[] = []
    let at = 0
    for (let block = blockAt(chunk, 0); block; block = blockAt(chunk, at)) {
      // The end of what this file has so far: the log may be adding to it.
      if (block.firstSeq >= this.#log.writtenSeq) break
      if (!block.isSound) throw new Error(`${this.#path} is damaged at byte ${this.#offset + at}`)
      blocks.push(block)
      at += block.length
    }
    if (at === 0)
      throw new Error(`${this.#path} is damaged at byte ${this.#offset}: event ${this.nextSeq} is missing`)
    this.#offset += at
    return blocks
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }
}
