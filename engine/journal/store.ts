/**
 * What an engine has on disk, opened: the newest good snapshot and the journal after it make the state, and the event log
 * gets what a power cut may have taken from it.
 */
import { randomInt, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { limitsDefault, SEQ_NEXT, type Limits } from '../core/layout.ts'
import { createState, type EngineState } from '../core/state.ts'
import { ByteList } from '../process/byte-list.ts'
import type { Disk } from './disk.ts'
import { EVENT_BLOCK_HEAD_BYTES } from './event-block.ts'
import { EventLog } from './event-log.ts'
import { eventsFrom } from './event-reader.ts'
import { Journal } from './journal.ts'
import { applyCommands, journalStart, readFirstPage, replayJournal, segmentNumbers } from './replay.ts'
import type { JournalEnd, JournalPosition, ReplayRecord } from './replay.ts'
import { JournalDamaged, segmentName } from './segment.ts'
import { loadSnapshot, readSnapshotPage, snapshotNames, SnapshotUnusable } from './snapshot.ts'
import { layoutMark } from './state-tables.ts'

export interface StoreOptions {
  readonly disk: Disk
  readonly folder: string
  /** Of a new journal; an existing one keeps its own. */
  readonly limits?: Partial<Limits>
  readonly segmentBytes?: number
  /** See the replay's option: true where a standby has written. */
  readonly isBatched?: boolean
  /** Told of what refuses nothing: a snapshot that cannot be used, events that are gone, a segment that is not ready. */
  readonly onTrouble?: (message: string) => void
}

export interface Restored {
  readonly state: EngineState
  readonly end: JournalEnd
  /** Seq of the last event in the snapshot that the start began with; 0 when it replayed the whole journal. */
  readonly snapshot: number
  /** Commands replayed after it, and the bytes of their records. */
  readonly replayed: number
  readonly bytesReplayed: number
}

/** Where the events of a state go: while it replays, those the log lacks wait here; after that they are live. */
interface Sink {
  readonly waiting: ByteList
  isLive: boolean
}

/** A state, and where in the journal it stands. */
interface Start {
  readonly state: EngineState
  readonly sink: Sink
  readonly from: JournalPosition
}

interface Identity {
  readonly journal: string
  readonly limits: Limits
}

export class Store {
  readonly log: EventLog
  readonly identity: Identity
  readonly #options: StoreOptions
  #journal: Journal | undefined
  #takeLive: (events: Uint8Array) => void = () => undefined

  private constructor(options: StoreOptions, log: EventLog, identity: Identity) {
    this.#options = options
    this.log = log
    this.identity = identity
  }

  static async open(options: StoreOptions): Promise<{ store: Store; restored: Restored; journal: Journal }> {
    const { disk, folder } = options
    await disk.makeFolder(folder)
    const limits = { ...limitsDefault, hashSeed: randomInt(2 ** 31), ...options.limits }
    const found = await readFirstPage(disk, folder)
    const log = await EventLog.open(disk, join(folder, 'events'))
    const store = new Store(options, log, found ?? { journal: randomUUID(), limits })
    const restored = await store.#restore()
    const journal = await Journal.open({
      ...options,
      ...store.identity,
      end: found && restored.end,
    })
    store.#journal = journal
    return { store, restored, journal }
  }

  /** From here on events go to `takeEvents` as they are made, instead of where a replay takes them. */
  live(takeEvents: (events: Uint8Array) => void): void {
    this.#takeLive = takeEvents
  }

  /** The state as the durable records make it. Their events are in the log, or in the hands of who writes it. */
  async reload(): Promise<EngineState> {
    const { state } = await this.#restore(this.#journal!.end)
    return state
  }

  async #restore(until?: JournalPosition): Promise<Restored> {
    const { disk, folder } = this.#options
    const { state, from, sink } = await this.#startState()
    let replayed = 0
    let bytesReplayed = 0
    const replay: ReplayRecord = (commands, { count, length }) => {
      const seqNext = applyCommands(state, commands)
      replayed += count
      bytesReplayed += length
      if (until) sink.waiting.length = 0
      return sink.waiting.length === 0 ? seqNext : this.#refill(sink.waiting, seqNext)
    }
    const seqSeen = until ? 1 : this.log.nextSeq
    const { journal, limits } = this.identity
    const end = await replayJournal(disk, folder, replay, {
      from,
      seqSeen,
      isBatched: this.#options.isBatched === true,
      ...(until && { until }),
    })
    sink.isLive = true
    const none: JournalEnd = { ...journalStart, journal, limits, epoch: 0, time: 0, isTorn: false }
    return { state, end: end ?? none, snapshot: from.seqNext - 1, replayed, bytesReplayed }
  }

  async #refill(waiting: ByteList, seqNext: number): Promise<number> {
    const firstSeq = this.log.nextSeq
    const block = Buffer.concat([Buffer.alloc(EVENT_BLOCK_HEAD_BYTES), eventsFrom(waiting.bytes(), firstSeq)])
    waiting.length = 0
    await this.log.append(block, firstSeq, seqNext - firstSeq)
    return seqNext
  }

  /** The state to replay onto: the newest snapshot that leaves no gap before the event log's end, or an empty one. */
  async #startState(): Promise<Start> {
    const { disk, folder } = this.#options
    const segments = new Set(await segmentNumbers(disk, folder))
    const late: string[] = []
    for (const name of await snapshotNames(disk, folder)) {
      const page = await this.#usablePage(name, segments)
      if (!page) continue
      if (page.seqNext > this.log.nextSeq) {
        late.push(name)
        continue
      }
      const loaded = await this.#load(name)
      if (loaded) return loaded
    }
    if (segments.has(1) || (segments.size === 0 && late.length === 0)) {
      return this.#emptyStart()
    }
    for (const name of late) {
      const loaded = await this.#load(name)
      if (!loaded) continue
      const { seqNext } = loaded.from
      this.#trouble(
        `events ${this.log.nextSeq} to ${seqNext - 1} are gone: neither the event log nor the journal has them`,
      )
      await this.log.restartAt(seqNext)
      return loaded
    }
    throw new JournalDamaged(`${segmentName(1)} is missing, and there is no good snapshot to start from`)
  }

  async #usablePage(name: string, segments: ReadonlySet<number>): Promise<JournalPosition | undefined> {
    const { disk, folder } = this.#options
    try {
      const page = await readSnapshotPage(disk, folder, name)
      if (page.journal !== this.identity.journal) {
        throw new SnapshotUnusable(`${name} is of another journal, ${page.journal}`)
      }
      if (segments.has(page.segment)) return page
      throw new SnapshotUnusable(`${name} needs ${segmentName(page.segment)}, which is missing`)
    } catch (error) {
      return this.#passOver(error)
    }
  }

  async #load(name: string): Promise<Start | undefined> {
    const { disk, folder } = this.#options
    const empty = this.#emptyStart()
    const layout = layoutMark(this.identity.limits)
    try {
      const { segment, offset, previousCrc, seqNext } = await loadSnapshot(disk, folder, {
        name,
        layout,
        state: empty.state,
      })
      return { ...empty, from: { segment, offset, previousCrc, seqNext } }
    } catch (error) {
      return this.#passOver(error)
    }
  }

  #passOver(error: unknown): undefined {
    if (!(error instanceof SnapshotUnusable)) throw error
    this.#trouble(error.message)
  }

  #emptyStart(): Start {
    const sink: Sink = { waiting: new ByteList(), isLive: false }
    const state = createState(this.identity.limits, (events) => {
      if (sink.isLive) this.#takeLive(events)
      else if (state.f[SEQ_NEXT >> 1]! > this.log.nextSeq) sink.waiting.append(events)
    })
    return { state, sink, from: journalStart }
  }

  #trouble(message: string): void {
    this.#options.onTrouble?.(message)
  }
}
