/**
 * The journal: what makes a command durable. Segments are filled with zeros before they are used, so that a write of a
 * record changes no metadata and one write through to the disk is one disk sync.
 */
import { join } from 'node:path'
import type { Limits } from '../core/layout.ts'
import type { CommandLog } from './command-log.ts'
import { fillZeros, type Disk, type DiskFile } from './disk.ts'
import { journalStart, type JournalEnd, type JournalPosition } from './replay.ts'
import { encodePage, PAGE_BYTES, headOf, segmentName } from './segment.ts'

export const SEGMENT_BYTES = 64 << 20
const SPARE = 'journal-spare'
/** While there is time, the spare is filled in parts with pauses, so that a record waits for one of them at most. */
const SPARE_PART_BYTES = 1 << 20
const SPARE_PAUSE_MS = 50

export interface JournalOptions {
  readonly disk: Disk
  readonly folder: string
  readonly journal: string
  readonly limits: Limits
  /** Where writing goes on after a replay; undefined in a new folder. */
  readonly end: JournalEnd | undefined
  /** Of a new journal that goes on from a snapshot: what its first segment follows. */
  readonly after?: JournalPosition
  readonly segmentBytes?: number
  /** Told of a failure that refuses nothing yet: the next segment cannot be prepared. */
  readonly onTrouble?: (message: string) => void
}

export class Journal implements CommandLog {
  readonly #disk: Disk
  readonly #options: JournalOptions
  readonly #segmentBytes: number
  #end: JournalPosition
  #size = 0
  #file: DiskFile | undefined
  #spare: Promise<void> | undefined
  /** Ends the pause that the filling of the spare makes. */
  #resume: () => void = () => undefined
  #isSpareDue = false
  #isClosing = false
  #isFailed = false
  #isRotationDue = false
  /** Called with the bytes of the segment that was closed, after the journal went on in a new one. */
  onRotated: (bytes: number) => void = () => undefined

  private constructor(options: JournalOptions) {
    this.#options = options
    this.#disk = options.disk
    this.#segmentBytes = options.segmentBytes ?? SEGMENT_BYTES
    this.#end = options.after ?? { ...journalStart, segment: 0, offset: 0 }
  }

  static async open(options: JournalOptions): Promise<Journal> {
    const journal = new Journal(options)
    await options.disk.makeFolder(options.folder)
    if (options.end) await journal.#continue(options.end)
    else await journal.#rotate(0)
    return journal
  }

  /** Where the last durable record ends. */
  get end(): JournalPosition {
    return this.#end
  }

  async #continue(end: JournalEnd): Promise<void> {
    const { segment, offset, previousCrc, seqNext } = end
    this.#end = { segment, offset, previousCrc, seqNext }
    if (end.isTorn) await this.#cutTail()
    await this.#openSegment()
    this.#prepareSpare()
  }

  /** Makes zeros of an interrupted write, so that the next record stands on clean ground. */
  async #cutTail(): Promise<void> {
    const file = await this.#disk.open(this.#path(segmentName(this.#end.segment)), 'update')
    try {
      await fillZeros(file, this.#end.offset, await file.size())
      await file.sync()
    } finally {
      await file.close()
    }
  }

  #path(name: string): string {
    return join(this.#options.folder, name)
  }

  async #openSegment(): Promise<void> {
    this.#file = await this.#disk.open(this.#path(segmentName(this.#end.segment)), 'through')
    this.#size = await this.#file.size()
  }

  /** Several records in a row are written at once too; see `isBatched` of a replay. */
  async write(record: Buffer): Promise<void> {
    if (this.#isFailed) throw new Error('a write has failed and the journal has not recovered')
    try {
      const isFull = this.#end.offset + record.length > this.#size
      if (isFull || (this.#isRotationDue && this.#end.offset > PAGE_BYTES)) await this.#rotate(record.length)
      await this.#file!.write(record, this.#end.offset)
    } catch (error) {
      // Nothing is written here any more: a retried sync can report success for data that is lost.
      this.#isFailed = true
      throw error
    }
    let { offset, previousCrc, seqNext } = this.#end
    for (let at = 0; at < record.length;) {
      const { crc, length, firstSeq, events } = headOf(record, at)
      previousCrc = crc
      seqNext = firstSeq + events
      at += length
    }
    offset += record.length
    this.#end = { segment: this.#end.segment, offset, previousCrc, seqNext }
  }

  /** Goes on in a new segment. Its page names the end of the last durable record; what was written after it is void. */
  async recover(): Promise<void> {
    await this.#file?.close().catch(() => undefined)
    this.#file = undefined
    this.#hurrySpare()
    await this.#spare?.catch(() => undefined)
    this.#spare = undefined
    await this.#rotate(0)
    this.#isFailed = false
  }

  /** Lets the next record start a new segment, so that a snapshot can have all before it. */
  closeSegmentSoon(): void {
    this.#isRotationDue = true
  }

  #prepareSpare(): void {
    this.#isSpareDue = false
    this.#spare = this.#fillSpare(this.#segmentBytes)
    this.#spare.catch((error: unknown) => {
      if (this.#isClosing) return
      const left = this.#size - this.#end.offset
      const message = error instanceof Error ? error.message : String(error)
      this.#options.onTrouble?.(
        `the next journal segment cannot be prepared, ${left} bytes are left: ${message}`,
      )
    })
  }

  async #fillSpare(size: number): Promise<void> {
    const file = await this.#disk.open(this.#path(SPARE), 'create')
    try {
      for (let at = 0; at < size; at += SPARE_PART_BYTES) {
        const end = Math.min(at + SPARE_PART_BYTES, size)
        await fillZeros(file, at, end)
        if (end < size && !this.#hasTime(end / size)) continue
        await file.sync()
        if (end < size && !this.#isSpareDue) await this.#pause()
        if (this.#isClosing) throw new Error('the journal is closing')
      }
    } catch (error) {
      // It may hold the last free blocks, which whoever clears up needs.
      await this.#disk.remove(this.#path(SPARE)).catch(() => undefined)
      throw error
    } finally {
      await file.close().catch(() => undefined)
    }
  }

  /** Whether the spare, of which this share is filled, will be ready long before it is needed. */
  #hasTime(filled: number): boolean {
    return !this.#isSpareDue && filled > (2 * this.#end.offset) / this.#size
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, SPARE_PAUSE_MS)
      this.#resume = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #hurrySpare(): void {
    this.#isSpareDue = true
    this.#resume()
  }

  async #takeSpare(size: number): Promise<void> {
    this.#hurrySpare()
    const spare = this.#spare
    this.#spare = undefined
    // One that could not be prepared before may be possible now.
    const isReady =
      spare !== undefined &&
      (await spare.then(
        () => true,
        () => false,
      ))
    if (!isReady || size > this.#segmentBytes) await this.#fillSpare(Math.max(this.#segmentBytes, size))
  }

  async #rotate(recordBytes: number): Promise<void> {
    await this.#takeSpare(PAGE_BYTES + recordBytes)
    const { journal, limits, folder } = this.#options
    const { previousCrc, seqNext } = this.#end
    const segment = this.#end.segment + 1
    const previousEnd = this.#end.offset
    const page = encodePage({ journal, segment, firstSeq: seqNext, previousCrc, previousEnd, limits })
    const file = await this.#disk.open(this.#path(SPARE), 'update')
    try {
      await file.write(page, 0)
      await file.sync()
    } finally {
      await file.close()
    }
    await this.#disk.rename(this.#path(SPARE), this.#path(segmentName(segment)))
    await this.#disk.syncFolder(folder)
    await this.#file?.close()
    this.#end = { segment, offset: PAGE_BYTES, previousCrc, seqNext }
    this.#isRotationDue = false
    await this.#openSegment()
    this.#prepareSpare()
    this.onRotated(previousEnd)
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.#hurrySpare()
    await this.#spare?.catch(() => undefined)
    await this.#disk.remove(this.#path(SPARE)).catch(() => undefined)
    await this.#file?.close()
  }
}
