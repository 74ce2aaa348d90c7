/** Reads a journal's records on from any place in their chain, a megabyte at a time, for one standby. */
import { join } from 'node:path'
import type { Disk, DiskFile } from '../journal/disk.ts'
import { readPage, segmentNumbers, type JournalPosition } from '../journal/replay.ts'
import { PAGE_BYTES, recordAt, segmentName, type SegmentPage } from '../journal/segment.ts'

const READ_BYTES = 1 << 20

/** Between two records: the seq that comes next, and the checksum of the record before. */
export interface Place {
  readonly seqNext: number
  readonly crc: number
}

export function placeOf({ seqNext, previousCrc }: JournalPosition): Place {
  return { seqNext, crc: previousCrc }
}

export class RecordReader {
  readonly #disk: Disk
  readonly #folder: string
  /** Where the journal is durable to, as of now: what stands behind it is not yet anybody's. */
  readonly #end: () => JournalPosition
  #segment: number
  #offset = PAGE_BYTES
  #crc: number
  #seqNext: number
  #file: DiskFile | undefined
  /** Where the open segment ends, once a later one exists. */
  #stop: number | undefined

  private constructor(disk: Disk, folder: string, start: { page: SegmentPage; end: () => JournalPosition }) {
    this.#disk = disk
    this.#folder = folder
    this.#end = start.end
    this.#segment = start.page.segment
    this.#crc = start.page.previousCrc
    this.#seqNext = start.page.firstSeq
  }

  /**
   * A reader that goes on after `place`. `gone`: the segments with what comes next are not kept any more. `diverged`: this
   * journal never had a record that ends there.
   */
  static async find(
    disk: Disk,
    folder: string,
    { place, end }: { place: Place; end: () => JournalPosition },
  ): Promise<RecordReader | 'gone' | 'diverged'> {
    const numbers = await segmentNumbers(disk, folder)
    for (const segment of numbers.reverse()) {
      const page = await readPage(disk, folder, segment)
      const isBefore = page.firstSeq < place.seqNext
      if (!isBefore && !(page.firstSeq === place.seqNext && page.previousCrc === place.crc)) {
        if (segment === 1 && page.firstSeq === 1) return 'diverged'
        continue
      }
      const reader = new RecordReader(disk, folder, { page, end })
      if (await reader.#skipTo(place)) return reader
      await reader.close()
      return 'diverged'
    }
    return 'gone'
  }

  /** After the last record that was read. */
  get place(): Place {
    return { seqNext: this.#seqNext, crc: this.#crc }
  }

  async #skipTo({ seqNext, crc }: Place): Promise<boolean> {
    const isThere = (): boolean => this.#crc === crc && this.#seqNext === seqNext
    while (!isThere() && this.#seqNext <= seqNext) {
      if (!(await this.#read(isThere))) break
    }
    return isThere()
  }

  /** Whole records, a megabyte where there are as many; undefined at the durable end. */
  next(): Promise<Buffer | undefined> {
    return this.#read(() => false)
  }

  /** Reads until `isThere`, or to the end of a chunk. */
  async #read(isThere: () => boolean): Promise<Buffer | undefined> {
    for (;;) {
      const limit = await this.#limit()
      if (this.#offset === limit) {
        if (this.#end().segment === this.#segment) return undefined
        await this.#nextSegment()
        continue
      }
      this.#file ??= await this.#disk.open(join(this.#folder, segmentName(this.#segment)), 'read')
      let chunk = await this.#file.read(Math.min(READ_BYTES, limit - this.#offset), this.#offset)
      const due = chunk.length >= 8 ? chunk.readUInt32LE(4) : 0
      if (due > chunk.length && due <= limit - this.#offset) {
        chunk = await this.#file.read(due, this.#offset)
      }
      const length = this.#pass(chunk, isThere)
      if (length === 0) throw new Error(`${segmentName(this.#segment)} is damaged at byte ${this.#offset}`)
      return chunk.subarray(0, length)
    }
  }

  /** Where the records of the open segment end, as far as they are durable. */
  async #limit(): Promise<number> {
    const { segment, offset } = this.#end()
    if (segment === this.#segment) return offset
    this.#stop ??= (await readPage(this.#disk, this.#folder, this.#segment + 1)).previousEnd
    return this.#stop
  }

  /** How many bytes of `chunk` are whole records that continue the chain. */
  #pass(chunk: Buffer, isThere: () => boolean): number {
    let at = 0
    for (let head = recordAt(chunk, 0, this.#crc); head; head = recordAt(chunk, at, this.#crc)) {
      at += head.length
      this.#offset += head.length
      this.#crc = head.crc
      this.#seqNext = head.firstSeq + head.events
      if (isThere()) break
    }
    return at
  }

  async #nextSegment(): Promise<void> {
    await this.close()
    this.#segment++
    this.#offset = PAGE_BYTES
    this.#stop = undefined
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }
}
