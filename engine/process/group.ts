/** The commands that one write makes durable together, their events, and who waits for it. */
import { EVENT_BLOCK_HEAD_BYTES } from '../journal/event-block.ts'
import { RECORD_FOOT_BYTES, RECORD_HEAD_BYTES, sealRecord } from '../journal/segment.ts'
import { ByteList } from './byte-list.ts'

/** Used again by a later group when everything of an earlier one is written: their garbage would stop the process. */
interface GroupBuffers {
  readonly commands: ByteList
  readonly events: ByteList
}

export class Group implements GroupBuffers {
  readonly firstSeq: number
  /** Each starts with room for the head it gets. */
  readonly commands: ByteList
  readonly events: ByteList
  readonly settled: ((isDurable: boolean) => void)[] = []
  count = 0

  constructor(
    firstSeq: number,
    buffers: GroupBuffers = { commands: new ByteList(), events: new ByteList() },
  ) {
    this.firstSeq = firstSeq
    this.commands = buffers.commands
    this.events = buffers.events
    this.commands.length = RECORD_HEAD_BYTES
    this.events.length = EVENT_BLOCK_HEAD_BYTES
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
