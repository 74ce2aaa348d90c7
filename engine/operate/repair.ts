/** Puts right what can be put right without losing anything that was answered. */
import { join } from 'node:path'
import { fillZeros, type Disk } from '../journal/disk.ts'
import { EventLog } from '../journal/event-log.ts'
import { journalStart, replayJournal, segmentNumbers } from '../journal/replay.ts'
import { JournalDamaged, segmentName } from '../journal/segment.ts'
import { readSnapshotPage, snapshotNames } from '../journal/snapshot.ts'
import type { JournalPosition } from '../journal/replay.ts'

export interface Repair {
  /** What there is to do, in sentences; nothing when all is well. */
  readonly steps: readonly string[]
  /** Does it. */
  readonly run: () => Promise<void>
}

/** Finds what can be repaired. Throws `JournalDamaged` for damage that only a copy can make good. */
export async function findRepair(disk: Disk, folder: string): Promise<Repair> {
  const log = await EventLog.openToRead(disk, join(folder, 'events'))
  const from = await startOf(disk, folder)
  // Nothing is applied: the chain of checksums alone says where the sound records end.
  const end = await replayJournal(disk, folder, (_commands, { firstSeq, events }) => firstSeq + events, {
    from,
    seqSeen: log.nextSeq,
  })
  if (!end?.isTorn) return { steps: [], run: async () => undefined }
  const name = segmentName(end.segment)
  return {
    steps: [
      `${name}: an interrupted write begins at byte ${end.offset}, after event ${end.seqNext - 1}; cut it. Nobody was told of it.`,
    ],
    run: async () => {
      const file = await disk.open(join(folder, name), 'update')
      try {
        await fillZeros(file, end.offset, await file.size())
        await file.sync()
      } finally {
        await file.close()
      }
    },
  }
}

async function startOf(disk: Disk, folder: string): Promise<JournalPosition> {
  const segments = await segmentNumbers(disk, folder)
  if (segments.length === 0) throw new JournalDamaged('there is no journal here')
  if (segments[0] === 1) return journalStart
  for (const name of (await snapshotNames(disk, folder)).reverse()) {
    const snapshot = await readSnapshotPage(disk, folder, name).catch(() => undefined)
    if (snapshot && segments.includes(snapshot.segment)) return snapshot
  }
  throw new JournalDamaged(`${segmentName(1)} is missing, and there is no good snapshot to start from`)
}
