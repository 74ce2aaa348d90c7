/** Copies an engine's folder as it was after some event or at some time, for a look back or to go on from there. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { apply } from '../core/engine.ts'
import { INPUT, SEQ_NEXT, type Limits } from '../core/layout.ts'
import { hashOf } from '../core/state-hash.ts'
import { createState, flush, type EngineState } from '../core/state.ts'
import { endOf } from '../messages/command-record.ts'
import { ByteList } from '../process/byte-list.ts'
import type { Disk } from '../journal/disk.ts'
import { EVENT_BLOCK_HEAD_BYTES } from '../journal/event-block.ts'
import { EventLog } from '../journal/event-log.ts'
import { EventReader } from '../journal/event-reader.ts'
import { Journal } from '../journal/journal.ts'
import {
  applyCommands,
  journalStart,
  readFirstPage,
  replayJournal,
  segmentNumbers,
  type JournalPosition,
} from '../journal/replay.ts'
import { PAGE_BYTES, type RecordHead } from '../journal/segment.ts'
import {
  loadSnapshot,
  publishSnapshot,
  readSnapshotPage,
  snapshotNames,
  writeSnapshot,
} from '../journal/snapshot.ts'
import { layoutMark } from '../journal/state-tables.ts'

/** After the command that caused this event, or before the first record that was written later than this time. */
export type Point = { readonly seq: number } | { readonly time: number }

export interface FolderCopy {
  readonly seq: number
  readonly hash: string
  readonly replayed: number
}

/** The point is behind the last event, or before everything that is kept. */
export class PointNotThere extends Error {
  override readonly name = 'PointNotThere'
}

class Copier {
  readonly #disk: Disk
  readonly #folder: string
  readonly #point: Point
  readonly #log: EventLog
  readonly #segmentBytes: number | undefined
  readonly #events = new ByteList()
  #replayed = 0
  /** Of the last record that is in the copy. */
  #time = 0
  #isThere = false

  constructor(
    disk: Disk,
    folder: string,
    { point, log, segmentBytes }: { point: Point; log: EventLog; segmentBytes: number | undefined },
  ) {
    this.#disk = disk
    this.#folder = folder
    this.#point = point
    this.#log = log
    this.#segmentBytes = segmentBytes
  }

  async copy(out: string, { isRunning }: { isRunning: boolean }): Promise<FolderCopy> {
    const page = await readFirstPage(this.#disk, this.#folder)
    if (!page) throw new PointNotThere(`there is no journal in ${this.#folder}`)
    const { limits } = page
    const { state, from } = await this.#start(limits)
    await this.#copyEvents(from.seqNext)
    const current = (await segmentNumbers(this.#disk, this.#folder)).at(-1)!
    const until = isRunning ? { segment: current, offset: PAGE_BYTES } : undefined
    await this.#replay(state, { from, ...(until && { until }) })
    const seqNext = state.f[SEQ_NEXT >> 1]!
    if ('seq' in this.#point && seqNext <= this.#point.seq) {
      throw new PointNotThere(`the last event there is has seq ${seqNext - 1}`)
    }
    await this.#write(out, { state, limits, seqNext })
    return { seq: seqNext - 1, hash: hashOf(state), replayed: this.#replayed }
  }

  /** The newest snapshot that is not behind the point, or the journal's start. */
  async #start(limits: Limits): Promise<{ state: EngineState; from: JournalPosition }> {
    const takeEvents = (records: Uint8Array): void => {
      this.#events.append(records)
    }
    const segments = new Set(await segmentNumbers(this.#disk, this.#folder))
    for (const name of await snapshotNames(this.#disk, this.#folder)) {
      const state = createState(limits, takeEvents)
      try {
        const page = await readSnapshotPage(this.#disk, this.#folder, name)
        const isEarly =
          'seq' in this.#point ? page.seqNext <= this.#point.seq + 1 : page.time <= this.#point.time
        if (!isEarly || !segments.has(page.segment)) continue
        const { segment, offset, previousCrc, seqNext, time } = await loadSnapshot(this.#disk, this.#folder, {
          name,
          state,
          layout: layoutMark(limits),
        })
        this.#time = time
        return { state, from: { segment, offset, previousCrc, seqNext } }
      } catch {
        // One that cannot be used is no reason to give up: an older one or the journal does as well.
      }
    }
    if (!segments.has(1))
      throw new PointNotThere('neither a snapshot nor the journal reaches back to that point')
    return { state: createState(limits, takeEvents), from: journalStart }
  }

  async #copyEvents(end: number): Promise<void> {
    const source = await EventLog.openToRead(this.#disk, join(this.#folder, 'events'))
    await this.#log.restartAt(Math.min(source.firstSeq, end))
    const reader = new EventReader(source, source.firstSeq)
    while (reader.nextSeq < end) {
      const firstSeq = reader.nextSeq
      const events = await reader.next(end)
      if (!events)
        throw new PointNotThere(`the event log ends before event ${end}, where the snapshot begins`)
      await this.#append(events, firstSeq, reader.nextSeq)
    }
    await reader.close()
  }

  async #append(events: Buffer, firstSeq: number, nextSeq: number): Promise<void> {
    const block = Buffer.concat([Buffer.alloc(EVENT_BLOCK_HEAD_BYTES), events])
    await this.#log.append(block, firstSeq, nextSeq - firstSeq)
  }

  async #replay(state: EngineState, options: Parameters<typeof replayJournal>[3]): Promise<void> {
    const replay = async (commands: Buffer, head: RecordHead): Promise<number> => {
      const firstSeq = head.firstSeq
      if (this.#isThere || ('time' in this.#point && head.time > this.#point.time)) this.#isThere = true
      else if ('time' in this.#point || firstSeq + head.events <= this.#point.seq)
        applyCommands(state, commands)
      else this.#applyUntil(state, commands, this.#point.seq)
      const nextSeq = state.f[SEQ_NEXT >> 1]!
      if (this.#events.length > 0) await this.#append(Buffer.from(this.#events.bytes()), firstSeq, nextSeq)
      this.#events.length = 0
      if (!this.#isThere) this.#replayed += head.count
      if (nextSeq > firstSeq) this.#time = head.time
      return firstSeq + head.events
    }
    await replayJournal(this.#disk, this.#folder, replay, options)
  }

  /** One command after the other, up to the one that causes event `seq`. */
  #applyUntil(state: EngineState, commands: Buffer, seq: number): void {
    const input = state.i[INPUT]!
    for (let done = 0; done < commands.length && state.f[SEQ_NEXT >> 1]! <= seq;) {
      const length = commands.readUInt16LE(done)
      state.b.set(commands.subarray(done, done + length), input * 4)
      apply(state, input)
      done += (endOf(state.i, input) - input) * 4
    }
    flush(state)
    this.#isThere = true
  }

  /** A snapshot of the point, and a journal of its own that goes on from there. */
  async #write(
    out: string,
    { state, limits, seqNext }: { state: EngineState; limits: Limits; seqNext: number },
  ): Promise<void> {
    const disk = this.#disk
    const journal = randomUUID()
    // It does not start with the first segment, so nobody takes it for a journal from the first event on.
    const after = { segment: 1, offset: 0, previousCrc: 0, seqNext }
    const where = { disk, folder: out, ...(this.#segmentBytes && { segmentBytes: this.#segmentBytes }) }
    const opened = await Journal.open({ ...where, journal, limits, end: undefined, after })
    const { segment, offset, previousCrc } = opened.end
    const page = { journal, limits, epoch: 0, segment, offset, previousCrc, seqNext, time: this.#time }
    await writeSnapshot(disk, out, {
      state,
      page: { ...page, layout: layoutMark(limits), hash: hashOf(state) },
    })
    await publishSnapshot(disk, out, seqNext)
    await opened.close()
  }
}

/** `out` must be an empty folder. With an engine running in `folder`, its last segment is not read. */
export async function copyFolder(
  disk: Disk,
  folder: string,
  {
    out,
    point,
    isRunning,
    segmentBytes,
  }: { out: string; point: Point; isRunning: boolean; segmentBytes?: number },
): Promise<FolderCopy> {
  if ((await disk.list(out)).length > 0) throw new PointNotThere(`${out} is not empty`)
  await disk.makeFolder(out)
  const log = await EventLog.open(disk, join(out, 'events'))
  try {
    return await new Copier(disk, folder, { point, log, segmentBytes }).copy(out, { isRunning })
  } finally {
    await log.close()
  }
}
