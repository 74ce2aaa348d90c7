/** Takes over records that another engine has made: into this journal as they are, and into this state. */
import type { EngineState } from '../core/state.ts'
import { EVENT_BLOCK_HEAD_BYTES } from '../journal/event-block.ts'
import type { Journal } from '../journal/journal.ts'
import { applyCommands } from '../journal/replay.ts'
import { commandsOf, recordAt, type RecordHead } from '../journal/segment.ts'
import type { Store } from '../journal/store.ts'
import type { TakeEvents } from '../process/sequencer.ts'
import { ByteList } from '../process/byte-list.ts'
import type { Epoch } from './epoch.ts'
import { placeOf, type Place } from './record-reader.ts'

/** This engine has, or makes of the same commands, something else than the other. It cannot go on by itself. */
export class Diverged extends Error {
  override readonly name = 'Diverged'
  readonly code = 'engine_is_diverged'
}

export interface ReplicaParts {
  readonly epoch: Epoch
  readonly state: EngineState
  readonly journal: Journal
  /** Gives the events of the commands applied since the last call to the log and to whoever follows them. */
  readonly giveOut: (firstSeq: number, nextSeq: number) => Promise<void>
}

/** From here on the store's events gather until they are given out: to its log first, then to `publish`. */
export function eventsTaker(store: Store, publish: TakeEvents): ReplicaParts['giveOut'] {
  const events = new ByteList()
  events.length = EVENT_BLOCK_HEAD_BYTES
  store.live((made) => {
    events.append(made)
  })
  return async (firstSeq, nextSeq) => {
    if (nextSeq === firstSeq) return
    await store.log.append(events.bytes(), firstSeq, nextSeq - firstSeq)
    publish(events.bytes(EVENT_BLOCK_HEAD_BYTES), firstSeq, nextSeq)
    events.length = EVENT_BLOCK_HEAD_BYTES
  }
}

export class Replica {
  readonly state: EngineState
  readonly #parts: ReplicaParts
  /** A write to the journal has failed since it was last made ready. */
  #isJournalFailed = false

  constructor(parts: ReplicaParts) {
    this.#parts = parts
    this.state = parts.state
  }

  /** Where its journal ends. */
  get place(): Place {
    return placeOf(this.#parts.journal.end)
  }

  /** The heads of records that follow one another. They must be sound, chained to ours, and of no epoch that is over. */
  check(records: Buffer): RecordHead[] {
    const heads: RecordHead[] = []
    let { crc, seqNext } = this.place
    let { epoch } = this.#parts.epoch
    for (let at = 0; at < records.length;) {
      const head = recordAt(records, at, crc)
      if (head?.firstSeq !== seqNext) throw new Error(`what came after event ${seqNext - 1} does not fit`)
      if (head.epoch < epoch) throw new Error(`epoch ${head.epoch} is over`)
      heads.push(head)
      at += head.length
      crc = head.crc
      seqNext += head.events
      epoch = head.epoch
    }
    return heads
  }

  /** After a failed write: makes the journal ready for the next. */
  async recover(): Promise<void> {
    if (this.#isJournalFailed) await this.#parts.journal.recover()
    this.#isJournalFailed = false
  }

  /** Resolves when the records are on the disk. */
  async write(records: Buffer): Promise<void> {
    if (records.length === 0) return
    this.#isJournalFailed = true
    await this.#parts.journal.write(records)
    this.#isJournalFailed = false
  }

  async apply(records: Buffer, heads: readonly RecordHead[]): Promise<void> {
    const { epoch, giveOut } = this.#parts
    let at = 0
    for (const { length, firstSeq, events, epoch: its } of heads) {
      const reached = applyCommands(this.state, commandsOf(records.subarray(at, at + length)))
      if (reached !== firstSeq + events) {
        throw new Diverged(
          `event ${firstSeq} and on: this engine makes ${reached - firstSeq} events of commands of which the other made ${events}`,
        )
      }
      if (its > epoch.epoch) await epoch.reach(its, firstSeq)
      at += length
    }
    const last = heads.at(-1)
    if (last) await giveOut(heads[0]!.firstSeq, last.firstSeq + last.events)
  }
}
