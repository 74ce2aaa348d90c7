/** Reads everything an engine has in a folder and says what is as it should be. Changes nothing. */
import { join } from 'node:path'
import type { Limits } from '../core/layout.ts'
import { hashOf } from '../core/state-hash.ts'
import { createState, type EngineState } from '../core/state.ts'
import { readAll, type Disk } from '../journal/disk.ts'
import { blockAt } from '../journal/event-block.ts'
import {
  applyCommands,
  journalStart,
  readFirstPage,
  replayJournal,
  segmentNumbers,
  type JournalEnd,
  type JournalPosition,
} from '../journal/replay.ts'
import { JournalDamaged, PAGE_BYTES } from '../journal/segment.ts'
import { loadSnapshot, snapshotNames, type SnapshotPage } from '../journal/snapshot.ts'
import { layoutMark } from '../journal/state-tables.ts'

export interface FolderCheck {
  readonly ok: boolean
  /** Seq of the last event, and the hash of the state after it; absent when the journal cannot be replayed. */
  readonly seq?: number
  readonly hash?: string
  readonly journal: {
    readonly segments: number
    readonly commands: number
    /** Seq of the last event before the first that was replayed: 0, or that of a snapshot. */
    readonly from: number
    /** An interrupted last write, which nobody was told of; the next start cuts it. */
    readonly torn: boolean
    readonly problem?: string
  }
  readonly snapshots: readonly { readonly name: string; readonly seq?: number; readonly problem?: string }[]
  readonly events: { readonly first: number; readonly last: number; readonly problem?: string }
}

interface Loaded {
  readonly name: string
  readonly page: SnapshotPage
}

interface Replayed {
  readonly end: JournalEnd
  readonly state: EngineState
  readonly commands: number
  readonly from: number
}

class Checker {
  readonly #disk: Disk
  readonly #folder: string
  readonly #isRunning: boolean
  readonly #snapshots = new Map<string, { name: string; seq?: number; problem?: string }>()

  constructor(disk: Disk, folder: string, isRunning: boolean) {
    this.#disk = disk
    this.#folder = folder
    this.#isRunning = isRunning
  }

  async check(): Promise<FolderCheck> {
    const segments = await segmentNumbers(this.#disk, this.#folder)
    const events = await this.#events()
    let replayed: Replayed | undefined
    let problem: string | undefined
    try {
      const first = await readFirstPage(this.#disk, this.#folder)
      if (!first) throw new JournalDamaged('there is no journal here')
      const sound = await this.#load(first)
      replayed = await this.#replay(first.limits, sound, events.last + 1)
    } catch (error) {
      if (!(error instanceof JournalDamaged)) throw error
      problem = error.message
    }
    const { commands = 0, from = 0 } = replayed ?? {}
    const torn = replayed?.end.isTorn ?? false
    const snapshots = [...this.#snapshots.values()]
    const journal = {
      segments: segments.length,
      commands,
      from,
      torn,
      ...(problem !== undefined && { problem }),
    }
    const ok = !problem && !events.problem && snapshots.every((snapshot) => !snapshot.problem)
    const reached = replayed && { seq: replayed.end.seqNext - 1, hash: hashOf(replayed.state) }
    return { ok, ...reached, journal, snapshots, events }
  }

  /** Those snapshots that can be loaded, oldest first. */
  async #load({ journal, limits }: { journal: string; limits: Limits }): Promise<Loaded[]> {
    const sound: Loaded[] = []
    for (const name of (await snapshotNames(this.#disk, this.#folder)).reverse()) {
      try {
        const state = createState(limits, () => undefined)
        const layout = layoutMark(limits)
        const page = await loadSnapshot(this.#disk, this.#folder, { name, state, layout })
        const seq = page.seqNext - 1
        const problem =
          page.journal !== journal
            ? 'it is of another journal'
            : hashOf(state) === page.hash
              ? undefined
              : 'the state in it does not have the hash it names'
        this.#snapshots.set(name, { name, seq, ...(problem !== undefined && { problem }) })
        if (!problem) sound.push({ name, page })
      } catch (error) {
        this.#snapshots.set(name, { name, problem: (error as Error).message })
      }
    }
    return sound
  }

  /** Replays all there is, and compares with each snapshot on the way. */
  async #replay(limits: Limits, sound: readonly Loaded[], seqSeen: number): Promise<Replayed> {
    const segments = await segmentNumbers(this.#disk, this.#folder)
    const state = createState(limits, () => undefined)
    const first = segments[0] === 1 ? undefined : sound[0]
    if (first) {
      const { name } = first
      await loadSnapshot(this.#disk, this.#folder, { name, state, layout: layoutMark(limits) })
    }
    const from: JournalPosition = first?.page ?? journalStart
    const due = sound.filter(({ page }) => page.seqNext > from.seqNext)
    let commands = 0
    const current = segments.at(-1)!
    const until = this.#isRunning ? { segment: current, offset: PAGE_BYTES } : undefined
    const end = await replayJournal(
      this.#disk,
      this.#folder,
      (bytes, { count }) => {
        const reached = applyCommands(state, bytes)
        commands += count
        while (due[0] && due[0].page.seqNext <= reached) this.#compare(due.shift()!, state, reached)
        return reached
      },
      { from, ...(until ? { until } : { seqSeen }) },
    )
    return { end: end!, state, commands, from: from.seqNext - 1 }
  }

  #compare({ name, page }: Loaded, state: EngineState, reached: number): void {
    if (page.seqNext === reached && hashOf(state) === page.hash) return
    const problem = 'a replay of the journal does not come to the state in it'
    this.#snapshots.set(name, { name, seq: page.seqNext - 1, problem })
  }

  /** Every block of the event log, and that none is missing between them. */
  async #events(): Promise<FolderCheck['events']> {
    const folder = join(this.#folder, 'events')
    const names = (await this.#disk.list(folder)).filter((name) => /^events-\d{16}\.log$/.test(name))
    let next: number | undefined
    let first = 1
    for (const [index, name] of names.entries()) {
      const bytes = await readAll(this.#disk, join(folder, name))
      const start = Number.parseInt(name.slice(7), 10)
      next ??= first = start
      if (start !== next)
        return { first, last: next - 1, problem: `events ${next} to ${start - 1} are missing` }
      let offset = 0
      for (let block = blockAt(bytes, offset); block?.isSound; block = blockAt(bytes, offset)) {
        if (block.firstSeq !== next) break
        next += block.count
        offset += block.length
      }
      // The end of the last file may be cut off or being written; a start makes it again from the journal.
      if (offset < bytes.length && index < names.length - 1) {
        return { first, last: next - 1, problem: `${name} is damaged at byte ${offset}` }
      }
    }
    return { first, last: (next ?? 1) - 1 }
  }
}

/** With an engine running in the folder, only what is closed is read: the last segment is not. */
export function checkFolder(
  disk: Disk,
  folder: string,
  { isRunning }: { isRunning: boolean },
): Promise<FolderCheck> {
  return new Checker(disk, folder, isRunning).check()
}
