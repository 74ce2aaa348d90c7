/** Starts an engine whose journal is a stream: its folder gets what the stream has, and the engine becomes the writer. */
import { join } from 'node:path'
import type { CommandLog } from '../journal/command-log.ts'
import type { Disk } from '../journal/disk.ts'
import type { Journal } from '../journal/journal.ts'
import { readFirstPage } from '../journal/replay.ts'
import { encodePage, headOf, segmentName } from '../journal/segment.ts'
import type { Restored, Store } from '../journal/store.ts'
import { Group } from '../process/group.ts'
import type { Epoch } from './epoch.ts'
import { eventsTaker, Replica } from './replica.ts'
import type { StreamLog } from './stream-log.ts'

/** Records are written to the copy together up to so many bytes. */
const WRITE_BYTES = 1 << 20

/** What is in the stream is durable; the folder's journal is a copy that follows one record behind at most. */
export class CopiedLog implements CommandLog {
  readonly stream: StreamLog
  readonly #journal: Journal
  readonly #onCopyFailed: (error: unknown) => void
  #copying: Promise<void> = Promise.resolve()

  constructor(stream: StreamLog, journal: Journal, onCopyFailed: (error: unknown) => void) {
    this.stream = stream
    this.#journal = journal
    this.#onCopyFailed = onCopyFailed
  }

  async write(record: Buffer): Promise<void> {
    await this.#copying
    await this.stream.write(record)
    // The record's memory is used again while the copy is being written.
    this.#copying = this.#journal.write(Buffer.from(record)).catch(this.#onCopyFailed)
  }

  async recover(): Promise<void> {
    await this.#copying
    await this.stream.recover()
  }

  async close(): Promise<void> {
    await this.#copying
    await this.stream.close()
  }
}

/** Connects, and gives an empty folder the identity of the stream's journal. */
export async function openStream(
  address: string,
  { disk, folder, epoch }: { disk: Disk; folder: string; epoch: Epoch },
): Promise<StreamLog> {
  // Nobody else needs the package to be there.
  const { StreamLog } = await import('./stream-log.ts')
  const stream = await StreamLog.open(address, { engine: epoch.engine })
  try {
    const identity = await stream.identity()
    const page = await readFirstPage(disk, folder)
    if (page && page.journal !== identity?.journal) {
      const whose = identity ? `that of journal ${identity.journal}` : 'empty'
      throw new Error(`this folder has journal ${page.journal}, and the stream is ${whose}`)
    }
    if (identity && !page) await writeFirstPage(disk, folder, identity)
    return stream
  } catch (error) {
    await stream.close()
    throw error
  }
}

async function writeFirstPage(
  disk: Disk,
  folder: string,
  { journal, limits }: Awaited<ReturnType<StreamLog['identity']>> & {},
): Promise<void> {
  const path = join(folder, segmentName(1))
  const file = await disk.open(`${path}.next`, 'create')
  try {
    await file.write(
      encodePage({ journal, limits, segment: 1, firstSeq: 1, previousCrc: 0, previousEnd: 0 }),
      0,
    )
    await file.sync()
  } finally {
    await file.close()
  }
  await disk.rename(`${path}.next`, path)
  await disk.syncFolder(folder)
}

export interface StreamParts {
  readonly epoch: Epoch
  readonly store: Store
  readonly restored: Restored
  readonly journal: Journal
  /** Write on although another engine has written last. The operator says that it does not run any more. */
  readonly takeOver: boolean
}

/** Brings folder and state up to the stream's end, and makes this engine its writer. */
export async function becomeWriter(stream: StreamLog, parts: StreamParts): Promise<void> {
  const { epoch, store, restored, journal, takeOver } = parts
  const writer = await stream.lastWriter()
  if (writer === undefined) await stream.begin(store.identity)
  else if (writer !== epoch.engine && !takeOver) {
    throw new Error(
      `the stream was last written by another engine, ${writer}. When that does not run any more, start with --take-over`,
    )
  }
  const replica = new Replica({
    epoch,
    journal,
    state: restored.state,
    giveOut: eventsTaker(store, () => undefined),
  })
  await catchUp(stream, replica)
  const isOwn = epoch.role === 'primary' && (writer === undefined || writer === epoch.engine)
  if (isOwn) return
  // The first message of the new epoch is what fences whoever wrote before.
  const number = Math.max(epoch.known, epoch.epoch) + 1
  const { seqNext, crc } = replica.place
  const { record } = new Group(seqNext).seal({ nextSeq: seqNext, previousCrc: crc, epoch: number })
  await stream.write(record)
  await journal.write(record)
  await epoch.reach(number, seqNext)
  await epoch.become('primary')
}

async function catchUp(stream: StreamLog, replica: Replica): Promise<void> {
  let isThere = false
  let lastCrc = 0
  let waiting: Buffer[] = []
  let bytes = 0
  const take = async (): Promise<void> => {
    const records = Buffer.concat(waiting)
    waiting = []
    bytes = 0
    const heads = replica.check(records)
    await replica.write(records)
    await replica.apply(records, heads)
  }
  const { seqNext, crc } = replica.place
  await stream.replay(seqNext, async (record) => {
    const head = headOf(record)
    lastCrc = head.crc
    isThere ||= head.firstSeq === seqNext && head.previousCrc === crc
    if (!isThere) return
    waiting.push(record)
    bytes += record.length
    if (bytes >= WRITE_BYTES) await take()
  })
  if (waiting.length > 0) await take()
  if (replica.place.crc === lastCrc) return
  throw new Error(
    `this folder has records up to event ${seqNext - 1} that the stream does not have: move them away, and start again`,
  )
}
