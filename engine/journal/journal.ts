/**
 * The journal: what makes a command durable. Segments are filled with zeros before they are used, so that a write of a
 * record changes no metadata and one O_DSYNC write is one disk sync.
 */
import { constants } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Limits } from '../core/layout.ts'
import {
  decodePage,
  encodePage,
  JournalDamaged,
  PAGE_BYTES,
  RECORD_HEAD_BYTES,
  recordAt,
  sealRecord,
  segmentName,
  soundRecordAfter,
  type SegmentPage,
} from './segment.ts'

export const SEGMENT_BYTES = 64 << 20
const zeros = Buffer.alloc(1 << 20)

/** Where writing goes on after a replay. */
export interface JournalEnd {
  readonly segment: number
  readonly offset: number
  readonly previousCrc: number
  readonly limits: Limits
}

/** Called for every record in turn; returns the seq that the next record must start with. */
export type ReplayRecord = (commands: Buffer, count: number) => number | Promise<number>

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync()
  await handle.close()
}

async function segmentNumbers(folder: string): Promise<number[]> {
  const numbers: number[] = []
  for (const name of await readdir(folder)) {
    const match = /^journal-(\d{8})\.log$/.exec(name)
    if (match) numbers.push(Number(match[1]))
  }
  return numbers.sort((a, b) => a - b)
}

/** The limits the journal was created with, or undefined when there is none yet. */
export async function readLimits(folder: string): Promise<Limits | undefined> {
  const [first] = await segmentNumbers(folder)
  if (first === undefined) return undefined
  const name = segmentName(first)
  const handle = await open(join(folder, name), 'r')
  const page = Buffer.alloc(PAGE_BYTES)
  const { bytesRead } = await handle.read(page, 0, PAGE_BYTES, 0)
  await handle.close()
  return decodePage(page.subarray(0, bytesRead), name).limits
}

/**
 * Replays a whole journal and says where it ends. What an interrupted last write left behind is overwritten with
 * zeros; anything else that is not as it was written throws `JournalDamaged`, as does a journal that ends before
 * `seqSeen`, the seq after the last event known to have been given out.
 */
export async function replayJournal(
  folder: string,
  replay: ReplayRecord,
  seqSeen = 1,
): Promise<JournalEnd | undefined> {
  const numbers = await segmentNumbers(folder)
  let end: JournalEnd | undefined
  let nextSeq = 1
  for (const [position, segment] of numbers.entries()) {
    const name = segmentName(segment)
    const bytes = await readFile(join(folder, name))
    const page = decodePage(bytes.subarray(0, PAGE_BYTES), name)
    checkPage(page, { name, segment, nextSeq, end })
    const isLast = position === numbers.length - 1
    let offset = PAGE_BYTES
    let previousCrc = page.previousCrc
    for (
      let record = recordAt(bytes, offset, previousCrc);
      record;
      record = recordAt(bytes, offset, previousCrc)
    ) {
      if (record.firstSeq !== nextSeq) {
        throw new JournalDamaged(
          `${name} is damaged at byte ${offset}: it goes on with event ${record.firstSeq} where ${nextSeq} is due`,
        )
      }
      nextSeq = await replay(bytes.subarray(offset + RECORD_HEAD_BYTES, offset + record.length), record.count)
      offset += record.length
      previousCrc = record.crc
    }
    const isTorn = !isZero(bytes, offset)
    if (isTorn) refuseDamage(name, { bytes, offset, isLast })
    if (isLast && nextSeq < seqSeen) {
      throw new JournalDamaged(
        `${name} is damaged at byte ${offset}: events up to ${seqSeen - 1} were given out, but the sound records end with ${nextSeq - 1}; restore the file from a copy`,
      )
    }
    if (isTorn) await cutTail(join(folder, name), bytes.length, offset)
    end = { segment, offset, previousCrc, limits: page.limits }
  }
  return end
}

function checkPage(
  page: SegmentPage,
  due: { name: string; segment: number; nextSeq: number; end: JournalEnd | undefined },
): void {
  const { name, segment, nextSeq, end } = due
  if (segment !== (end ? end.segment + 1 : 1)) {
    throw new JournalDamaged(
      `${segmentName(end ? end.segment + 1 : 1)} is missing: ${name} is there and needs it`,
    )
  }
  if (page.segment !== segment || page.firstSeq !== nextSeq || page.previousCrc !== (end?.previousCrc ?? 0)) {
    throw new JournalDamaged(
      `${name} is damaged at byte 0: it starts at event ${page.firstSeq} and does not continue the segment before it, which ends before event ${nextSeq}`,
    )
  }
}

function isZero(bytes: Buffer, start: number): boolean {
  for (let at = start; at < bytes.length; at += zeros.length) {
    const part = bytes.subarray(at, at + zeros.length)
    if (!part.equals(zeros.subarray(0, part.length))) return false
  }
  return true
}

/** Throws unless what is at `offset` can be the last write, interrupted: only then was nobody told of it. */
function refuseDamage(
  name: string,
  { bytes, offset, isLast }: { bytes: Buffer; offset: number; isLast: boolean },
): void {
  const later = soundRecordAfter(bytes, offset)
  if (later < 0 && isLast) return
  const why = later >= 0 ? `a sound record follows at byte ${later}` : 'a later segment follows'
  throw new JournalDamaged(
    `${name} is damaged at byte ${offset}: the record there does not match its checksum, and ${why}, so this is no interrupted write; restore the file from a copy`,
  )
}

async function cutTail(path: string, size: number, offset: number): Promise<void> {
  const handle = await open(path, 'r+')
  for (let at = offset; at < size; at += zeros.length) {
    await handle.write(zeros, 0, Math.min(zeros.length, size - at), at)
  }
  await handle.sync()
  await handle.close()
}

export interface JournalOptions {
  readonly limits: Limits
  readonly end: JournalEnd | undefined
  readonly segmentBytes?: number
}

export class Journal {
  readonly #folder: string
  readonly #limits: Limits
  readonly #segmentBytes: number
  #segment = 0
  #offset = 0
  #size = 0
  #previousCrc = 0
  #file: FileHandle | undefined
  #spare: Promise<void> | undefined

  private constructor(folder: string, { limits, segmentBytes }: JournalOptions) {
    this.#folder = folder
    this.#limits = limits
    this.#segmentBytes = segmentBytes ?? SEGMENT_BYTES
  }

  static async open(folder: string, options: JournalOptions): Promise<Journal> {
    const journal = new Journal(folder, options)
    await mkdir(folder, { recursive: true })
    if (options.end) await journal.#continue(options.end)
    else await journal.#rotate(1)
    journal.#prepareSpare()
    return journal
  }

  async #continue(end: JournalEnd): Promise<void> {
    this.#segment = end.segment
    this.#offset = end.offset
    this.#previousCrc = end.previousCrc
    await this.#openSegment()
  }

  async #openSegment(): Promise<void> {
    const path = join(this.#folder, segmentName(this.#segment))
    this.#file = await open(path, constants.O_RDWR | constants.O_DSYNC)
    this.#size = (await this.#file.stat()).size
  }

  /**
   * Writes one record: `record` has room for the head in front of its commands. Resolves when it is on disk. After a
   * failure nothing may be written any more: a retried sync can report success for data that is lost.
   */
  async write(record: Buffer, firstSeq: number, count: number): Promise<void> {
    if (this.#offset + record.length > this.#size) await this.#rotate(firstSeq, record.length)
    const crc = sealRecord(record, firstSeq, count, this.#previousCrc)
    let written = 0
    while (written < record.length) {
      const left = record.length - written
      written += (await this.#file!.write(record, written, left, this.#offset + written)).bytesWritten
    }
    this.#offset += record.length
    this.#previousCrc = crc
  }

  #prepareSpare(): void {
    this.#spare = this.#fillSpare(this.#segmentBytes)
    // Whoever needs the spare awaits it and sees the failure; until then it must not count as unhandled.
    this.#spare.catch(() => undefined)
  }

  async #fillSpare(size: number): Promise<void> {
    const handle = await open(join(this.#folder, 'journal-spare'), 'w')
    try {
      for (let at = 0; at < size; at += zeros.length) {
        await handle.write(zeros, 0, Math.min(zeros.length, size - at), at)
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  async #rotate(firstSeq: number, recordBytes = 0): Promise<void> {
    await this.#spare
    if (!this.#spare || PAGE_BYTES + recordBytes > this.#segmentBytes) {
      await this.#fillSpare(Math.max(this.#segmentBytes, PAGE_BYTES + recordBytes))
    }
    const segment = this.#segment + 1
    const spare = join(this.#folder, 'journal-spare')
    const page = encodePage({ segment, firstSeq, previousCrc: this.#previousCrc, limits: this.#limits })
    const handle = await open(spare, 'r+')
    await handle.write(page, 0, PAGE_BYTES, 0)
    await handle.sync()
    await handle.close()
    await rename(spare, join(this.#folder, segmentName(segment)))
    await syncFolder(this.#folder)
    await this.#file?.close()
    this.#segment = segment
    this.#offset = PAGE_BYTES
    await this.#openSegment()
    this.#prepareSpare()
  }

  async close(): Promise<void> {
    await this.#spare?.catch(() => undefined)
    await unlink(join(this.#folder, 'journal-spare')).catch(() => undefined)
    await this.#file?.close()
  }
}
