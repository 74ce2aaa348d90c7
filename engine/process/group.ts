/** The commands that one write makes durable together, their events, what is answered, and who waits for it. */
import { EVENT_BLOCK_HEAD_BYTES } from '../journal/event-block.ts'
import { RECORD_FOOT_BYTES, RECORD_HEAD_BYTES, sealRecord } from '../journal/segment.ts'
import { ByteList } from './byte-list.ts'
import { OutcomeHeads } from './outcome.ts'

/** Used again by a later group when nobody needs an earlier one: their garbage would stop the process. */
export interface GroupMemory {
  readonly commands: ByteList
  readonly events: ByteList
  readonly outcomes: OutcomeHeads
}

function newMemory(): GroupMemory {
  return { commands: new ByteList(), events: new ByteList(), outcomes: new OutcomeHeads() }
}

export class Group implements GroupMemory {
  readonly firstSeq: number
  /** Each starts with room for the head it gets. */
  readonly commands: ByteList
  readonly events: ByteList
  readonly outcomes: OutcomeHeads
  readonly settled: ((isDurable: boolean) => void)[] = []
  count = 0
  readonly #onFree: (memory: GroupMemory) => void
  #holds = 1

  constructor(
    firstSeq: number,
    memory: GroupMemory = newMemory(),
    onFree: (memory: GroupMemory) => void = () => undefined,
  ) {
    this.firstSeq = firstSeq
    this.commands = memory.commands
    this.events = memory.events
    this.outcomes = memory.outcomes
    this.#onFree = onFree
    this.commands.length = RECORD_HEAD_BYTES
    this.events.length = EVENT_BLOCK_HEAD_BYTES
    this.outcomes.clear()
  }

  /** Keeps the memory as it is until it is released as often, which whoever made the group does once too. */
  hold(): void {
    this.#holds++
  }

  readonly release = (): void => {
    if (--this.#holds === 0) this.#onFree(this)
  }

  /** The whole record, sealed, and its checksum, which the next one is chained to. */
  seal(chain: { nextSeq: number; previousCrc: number; epoch: number }): { record: Buffer; crc: number } {
    this.commands.reserve(RECORD_FOOT_BYTES)
    const record = this.commands.bytes(0, this.commands.length + RECORD_FOOT_BYTES)
    const { firstSeq, count } = this
    const { nextSeq, previousCrc, epoch } = chain
    const events = nextSeq - firstSeq
    return {
      record,
      crc: sealRecord(record, { previousCrc, firstSeq, count, events, time: Date.now(), epoch }),
    }
  }

  settle(isDurable: boolean): void {
    for (const settled of this.settled.splice(0)) settled(isDurable)
  }
}
