/** What a killed engine's folder says, and how a write that was interrupted leaves it. */
import { join } from 'node:path'
import { createState, type EngineState } from '../core/state.ts'
import { nodeDisk } from '../journal/disk.ts'
import { EventLog } from '../journal/event-log.ts'
import { applyCommands, readFirstPage, replayJournal, type JournalEnd } from '../journal/replay.ts'
import { RECORD_FOOT_BYTES, RECORD_HEAD_BYTES, sealRecord, segmentName } from '../journal/segment.ts'
import type { RecordHead } from '../journal/segment.ts'
import type { Dice } from './random-dice.ts'

const SECTOR_BYTES = 512

export interface Replayed {
  readonly state: EngineState
  readonly end: JournalEnd
  readonly last: RecordHead
  /** The record before the last one has another epoch, or there is none. */
  readonly isEpochStart: boolean
  /** Of the commands in the journal, in their order. */
  readonly keys: readonly string[]
}

/** Everything from the first record on. The engine may be running, when it writes nothing. */
export async function replayFolder(folder: string): Promise<Replayed> {
  const { limits } = (await readFirstPage(nodeDisk, folder))!
  const state = createState(limits, () => undefined)
  const keys: string[] = []
  let last: RecordHead | undefined
  let isEpochStart = true
  const end = await replayJournal(
    nodeDisk,
    folder,
    (commands, head) => {
      isEpochStart = head.epoch !== last?.epoch
      last = head
      keys.push(...(commands.toString('latin1').match(/@\d+;/g) ?? []))
      return applyCommands(state, commands)
    },
    { isBatched: true },
  )
  return { state, end: end!, last: last!, isEpochStart, keys }
}

/** Seq of the last event in a folder's event log: up to there it was told to somebody. */
export async function lastLogged(folder: string): Promise<number> {
  return (await EventLog.openToRead(nodeDisk, join(folder, 'events'))).nextSeq - 1
}

/**
 * Leaves the journal of a killed engine as if its last write had been torn: the record it was about to write is there in part, or
 * the last one that nobody was told of (`told`: the last event that somebody was) loses a part. Returns what it did.
 */
export async function tearJournal(
  folder: string,
  { dice, told }: { dice: Dice; told: number },
): Promise<string> {
  const { end, last, isEpochStart } = await replayFolder(folder)
  if (end.isTorn) return 'torn by the kill'
  const isUntold = last.firstSeq > told && !isEpochStart
  const record = isUntold && dice.below(3) > 0 ? undefined : recordAfter(end, dice)
  const length = record?.length ?? last.length
  const start = record ? end.offset : end.offset - last.length
  const [from, to] = holeIn(start, length, dice)
  const file = await nodeDisk.open(join(folder, segmentName(end.segment)), 'update')
  try {
    if (record && start + length > (await file.size())) return 'no room to tear'
    if (record) await file.write(record, start)
    await file.write(Buffer.alloc(to - from), from)
    await file.sync()
  } finally {
    await file.close()
  }
  return `${record ? 'half a record' : 'last record cut'} at byte ${start}, ${from - start} to ${to - start} of ${length} missing`
}

/** A record as it would have come next; what its commands are is never looked at. */
function recordAfter({ previousCrc, seqNext, epoch }: JournalEnd, dice: Dice): Buffer {
  const commands = 8 * (8 + dice.below(300))
  const record = Buffer.alloc(RECORD_HEAD_BYTES + commands + RECORD_FOOT_BYTES)
  for (let at = 0; at < commands; at++) record[RECORD_HEAD_BYTES + at] = 1 + dice.below(255)
  sealRecord(record, { previousCrc, firstSeq: seqNext, count: 1, events: 1, time: 1, epoch })
  return record
}

/** What is missing of a write: its end, from the footer on or from earlier on, or one whole sector inside. */
function holeIn(start: number, length: number, dice: Dice): [from: number, to: number] {
  const end = start + length
  const sector = Math.ceil((start + 1) / SECTOR_BYTES) * SECTOR_BYTES
  const sectors = Math.floor((end - sector) / SECTOR_BYTES)
  if (sectors > 0 && dice.once(3)) {
    const from = sector + dice.below(sectors) * SECTOR_BYTES
    return [from, from + SECTOR_BYTES]
  }
  return [start + dice.below(length - RECORD_FOOT_BYTES + 1), end]
}
