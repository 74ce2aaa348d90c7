/** Reads a journal from any of its records on and proves on the way that it is all there and as it was written. */
import { join } from 'node:path'
import { applyAll } from '../core/engine.ts'
import { INPUT, INPUT_BYTES, SEQ_NEXT, type Limits } from '../core/layout.ts'
import { flush, type EngineState } from '../core/state.ts'
import { endOf } from '../messages/command-record.ts'
import { readAll, type Disk } from './disk.ts'
import {
  commandsOf,
  decodePage,
  JournalDamaged,
  PAGE_BYTES,
  recordAt,
  segmentName,
  soundRecordAfter,
  tailAt,
  type RecordHead,
  type SegmentPage,
} from './segment.ts'

/** A place between two records: what comes next has this seq and is chained to this checksum. */
export interface JournalPosition {
  readonly segment: number
  readonly offset: number
  readonly previousCrc: number
  readonly seqNext: number
}

export interface JournalEnd extends JournalPosition {
  readonly journal: string
  readonly limits: Limits
  readonly epoch: number
  /** When the last record was written; 0 when none was replayed. */
  readonly time: number
  /** There is an interrupted write after the end, which nobody was told of. */
  readonly isTorn: boolean
}

export const journalStart: JournalPosition = { segment: 1, offset: PAGE_BYTES, previousCrc: 0, seqNext: 1 }

/** Called for every record in turn; returns the seq that it left the engine at. The bytes are only good until then. */
export type ReplayRecord = (commands: Buffer, head: RecordHead, bytes: Buffer) => number | Promise<number>

export interface ReplayOptions {
  readonly from?: JournalPosition
  /** The seq after the last event known to have been given out: a journal that ends before it is damaged. */
  readonly seqSeen?: number
  /** Several records may have been written at once, so an interrupted write may have left sound ones behind a torn one. */
  readonly isBatched?: boolean
  /** Where to stop although more may follow. */
  readonly until?: { readonly segment: number; readonly offset: number }
}

export async function segmentNumbers(disk: Disk, folder: string): Promise<number[]> {
  const numbers: number[] = []
  for (const name of await disk.list(folder)) {
    const match = /^journal-(\d{8})\.log$/.exec(name)
    if (match) numbers.push(Number(match[1]))
  }
  return numbers.sort((a, b) => a - b)
}

export async function readPage(disk: Disk, folder: string, segment: number): Promise<SegmentPage> {
  const name = segmentName(segment)
  const file = await disk.open(join(folder, name), 'read')
  try {
    return decodePage(await file.read(PAGE_BYTES, 0), name)
  } finally {
    await file.close()
  }
}

/** The page of the oldest segment, which has what is the same for all: undefined when there is no journal yet. */
export async function readFirstPage(disk: Disk, folder: string): Promise<SegmentPage | undefined> {
  const [first] = await segmentNumbers(disk, folder)
  return first === undefined ? undefined : readPage(disk, folder, first)
}

/**
 * Replays the records after `from` and says where the journal ends. Throws `JournalDamaged` for anything that is not as
 * it was written, except an interrupted last write.
 */
export async function replayJournal(
  disk: Disk,
  folder: string,
  replay: ReplayRecord,
  { from = journalStart, seqSeen = 1, isBatched = false, until }: ReplayOptions = {},
): Promise<JournalEnd | undefined> {
  const all = await segmentNumbers(disk, folder)
  const numbers = all.filter((segment) => segment >= from.segment && segment <= (until?.segment ?? Infinity))
  if (all.length === 0 && from === journalStart && seqSeen === 1) return undefined
  if (numbers[0] !== from.segment) {
    throw new JournalDamaged(`${segmentName(from.segment)} is missing: replay starts in it`)
  }
  let page = await readPage(disk, folder, from.segment)
  let at: JournalPosition = from
  let end: JournalEnd | undefined
  const files = new SegmentFiles(disk, folder, numbers)
  for (const [index, segment] of numbers.entries()) {
    const next = await nextPage(disk, folder, { page, segment, next: numbers[index + 1] })
    const reader = new SegmentReader(segmentName(segment), await files.next())
    reader.checkStart(page, at)
    const stop = until?.segment === segment ? until.offset : next?.previousEnd
    end = await reader.replay(
      page,
      { at, stop, seqSeen, isBatched, epoch: end?.epoch ?? 0, time: end?.time ?? 0 },
      replay,
    )
    if (!next) break
    page = next
    at = { segment: segment + 1, offset: PAGE_BYTES, previousCrc: end.previousCrc, seqNext: end.seqNext }
  }
  return end
}

async function nextPage(
  disk: Disk,
  folder: string,
  { page, segment, next }: { page: SegmentPage; segment: number; next: number | undefined },
): Promise<SegmentPage | undefined> {
  if (next === undefined) return undefined
  if (next !== segment + 1) {
    throw new JournalDamaged(
      `${segmentName(segment + 1)} is missing: ${segmentName(next)} is there and needs it`,
    )
  }
  const following = await readPage(disk, folder, next)
  if (following.journal !== page.journal) {
    throw new JournalDamaged(
      `${segmentName(next)} belongs to another journal: it is of ${following.journal}, the one before it of ${page.journal}`,
    )
  }
  return following
}

/** Reads one segment after the other, each while the one before it is replayed, into two buffers in turn. */
class SegmentFiles {
  readonly #disk: Disk
  readonly #folder: string
  readonly #left: number[]
  #free: Buffer | undefined
  #current: Buffer | undefined
  #reading: Promise<Buffer> | undefined

  constructor(disk: Disk, folder: string, numbers: readonly number[]) {
    this.#disk = disk
    this.#folder = folder
    this.#left = [...numbers]
    this.#readOn()
  }

  #readOn(): void {
    const segment = this.#left.shift()
    this.#reading =
      segment === undefined
        ? undefined
        : readAll(this.#disk, join(this.#folder, segmentName(segment)), this.#free)
    // Whoever comes to it sees the failure; a replay that ends before never does.
    this.#reading?.catch(() => undefined)
  }

  async next(): Promise<Buffer> {
    const bytes = await this.#reading!
    this.#free = this.#current
    this.#current = bytes
    this.#readOn()
    return bytes
  }
}

/** Where a segment must end, when the next one says so, or what is known of where the journal does. */
interface Bounds {
  readonly stop: number | undefined
  readonly seqSeen: number
  readonly isBatched: boolean
}

class SegmentReader {
  readonly #name: string
  readonly #bytes: Buffer

  constructor(name: string, bytes: Buffer) {
    this.#name = name
    this.#bytes = bytes
  }

  #damaged(offset: number, what: string): JournalDamaged {
    return new JournalDamaged(`${this.#name} is damaged at byte ${offset}: ${what}`)
  }

  checkStart(page: SegmentPage, at: JournalPosition): void {
    const isDue = page.firstSeq === at.seqNext && page.previousCrc === at.previousCrc
    if (page.segment === at.segment && (at.offset > PAGE_BYTES || isDue)) return
    throw this.#damaged(
      0,
      `it starts at event ${page.firstSeq} and does not continue what comes before it, which ends before event ${at.seqNext}`,
    )
  }

  async replay(
    page: SegmentPage,
    start: { at: JournalPosition; epoch: number; time: number } & Bounds,
    replay: ReplayRecord,
  ): Promise<JournalEnd> {
    const bytes = this.#bytes
    const stop = start.stop ?? bytes.length
    let { offset, previousCrc, seqNext } = start.at
    let { epoch, time } = start
    while (offset < stop) {
      const head = recordAt(bytes, offset, previousCrc)
      if (!head) break
      if (head.firstSeq !== seqNext) {
        throw this.#damaged(offset, `it goes on with event ${head.firstSeq} where ${seqNext} is due`)
      }
      const record = bytes.subarray(offset, offset + head.length)
      // Most calls are synchronous, and awaiting each would cost more than some records do.
      const replayed = replay(commandsOf(record), head, record)
      const reached = typeof replayed === 'number' ? replayed : await replayed
      if (reached !== seqNext + head.events) this.#refuseOtherRules(offset, head, reached)
      seqNext = reached
      offset += head.length
      previousCrc = head.crc
      epoch = head.epoch
      time = head.time
    }
    const isTorn = this.#checkEnd(offset, seqNext, start)
    const { journal, limits, segment } = page
    return { journal, limits, epoch, time, segment, offset, previousCrc, seqNext, isTorn }
  }

  #refuseOtherRules(offset: number, head: RecordHead, reached: number): never {
    const events = reached - head.firstSeq
    throw new JournalDamaged(
      `${this.#name} at byte ${offset}: its commands caused ${head.events} events when they were written and ${events} now; another version of the engine wrote it`,
    )
  }

  /** Whether what follows the last sound record is an interrupted write. Throws when it is damage. */
  #checkEnd(offset: number, seqNext: number, { stop, seqSeen, isBatched }: Bounds): boolean {
    const bytes = this.#bytes
    if (stop !== undefined) {
      // What stands behind the end that the next segment names was never made durable, and is nobody's.
      if (offset === stop) return false
      throw this.#damaged(
        offset,
        `the record there does not match its checksum, and it ends at byte ${stop}; restore it from a copy`,
      )
    }
    const tail = tailAt(bytes, offset)
    const isExpected = tail === 'empty' || (tail === 'torn' && isBatched)
    const later = isExpected ? -1 : soundRecordAfter(bytes, offset)
    if (later >= 0 || tail === 'damaged') {
      const why = later >= 0 ? `a sound record follows at byte ${later}` : 'it was written whole'
      throw this.#damaged(
        offset,
        `the record there does not match its checksum, and ${why}, so this is no interrupted write; restore the file from a copy`,
      )
    }
    if (seqNext < seqSeen) {
      throw this.#damaged(
        offset,
        `events up to ${seqSeen - 1} were given out, but the sound records end with ${seqNext - 1}; restore the file from a copy`,
      )
    }
    return tail === 'torn'
  }
}

/** Replays a record's commands into the engine; events it gives go to the state's sink. */
export function applyCommands(s: EngineState, commands: Buffer): number {
  const input = s.i[INPUT]!
  for (let done = 0; done < commands.length;) {
    const part = commands.subarray(done, done + INPUT_BYTES)
    s.b.set(part, input * 4)
    const end = input + part.length / 4
    let whole = input
    // The last command of a part may be cut off; it starts the next part.
    while (whole < end && endOf(s.i, whole) <= end) whole = endOf(s.i, whole)
    applyAll(s, input, whole)
    done += (whole - input) * 4
  }
  flush(s)
  return s.f[SEQ_NEXT >> 1]!
}
