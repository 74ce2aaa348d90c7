/** Makes a snapshot from what is on disk, without the engine that runs there, and proves it by reading it back. */
import { SEQ_NEXT } from '../core/layout.ts'
import { hashOf } from '../core/state-hash.ts'
import { createState, type EngineState } from '../core/state.ts'
import type { Disk } from './disk.ts'
import { applyCommands, journalStart, readFirstPage, replayJournal, segmentNumbers } from './replay.ts'
import type { JournalEnd, JournalPosition } from './replay.ts'
import { PAGE_BYTES } from './segment.ts'
import {
  loadSnapshot,
  publishSnapshot,
  readSnapshotPage,
  SNAPSHOT_NEXT,
  snapshotNames,
  SnapshotUnusable,
  writeSnapshot,
} from './snapshot.ts'
import { layoutMark } from './state-tables.ts'

export interface MadeSnapshot {
  readonly snapshot: string
  readonly seq: number
  readonly bytes: number
  readonly hash: string
  readonly replayed: number
}

/** The state at the end of the closed segments, or of the whole journal when no engine runs there; undefined when a snapshot has it. */
async function stateAtEnd(
  disk: Disk,
  folder: string,
  { isRunning }: { isRunning: boolean },
): Promise<{ state: EngineState; end: JournalEnd; replayed: number } | undefined> {
  const page = await readFirstPage(disk, folder)
  if (!page) throw new Error('there is no journal here')
  const { state, from } = await newestState(disk, folder, page)
  const current = (await segmentNumbers(disk, folder)).at(-1)!
  if (isRunning && from.segment === current) return undefined
  // In a running engine's folder the last segment is being written; the page of it says where the closed ones end.
  const until = isRunning ? { segment: current, offset: PAGE_BYTES } : undefined
  let replayed = 0
  const replay = (commands: Buffer, { count }: { count: number }): number => {
    replayed += count
    return applyCommands(state, commands)
  }
  const end = await replayJournal(disk, folder, replay, { from, ...(until && { until }) })
  return from.seqNext === end!.seqNext ? undefined : { state, end: end!, replayed }
}

async function newestState(
  disk: Disk,
  folder: string,
  { journal, limits }: { journal: string; limits: EngineState['limits'] },
): Promise<{ state: EngineState; from: JournalPosition }> {
  const layout = layoutMark(limits)
  const segments = new Set(await segmentNumbers(disk, folder))
  for (const name of await snapshotNames(disk, folder)) {
    try {
      const page = await readSnapshotPage(disk, folder, name)
      if (page.journal !== journal || !segments.has(page.segment)) continue
      const state = createState(limits, () => undefined)
      const { segment, offset, previousCrc, seqNext } = await loadSnapshot(disk, folder, {
        name,
        state,
        layout,
      })
      return { state, from: { segment, offset, previousCrc, seqNext } }
    } catch (error) {
      if (!(error instanceof SnapshotUnusable)) throw error
    }
  }
  return { state: createState(limits, () => undefined), from: journalStart }
}

/** Resolves with undefined when the newest snapshot already has all there is. */
export async function makeSnapshot(
  disk: Disk,
  folder: string,
  { isRunning }: { isRunning: boolean },
): Promise<MadeSnapshot | undefined> {
  const reached = await stateAtEnd(disk, folder, { isRunning })
  if (!reached) return undefined
  const { state, end, replayed } = reached
  const { journal, limits, epoch, time, segment, offset, previousCrc, seqNext } = end
  const layout = layoutMark(limits)
  const hash = hashOf(state)
  const page = { journal, limits, epoch, time, segment, offset, previousCrc, seqNext, layout, hash }
  const bytes = await writeSnapshot(disk, folder, { state, page })
  const again = createState(limits, () => undefined)
  await loadSnapshot(disk, folder, { name: SNAPSHOT_NEXT, state: again, layout })
  if (hashOf(again) !== hash || again.f[SEQ_NEXT >> 1] !== seqNext) {
    throw new Error('the snapshot was read back as another state than was written')
  }
  const name = await publishSnapshot(disk, folder, seqNext)
  return { snapshot: name, seq: seqNext - 1, bytes, hash, replayed }
}
