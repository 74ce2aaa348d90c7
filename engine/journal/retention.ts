/** What happens to segments of the journal that no start needs any more. */
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Disk } from './disk.ts'
import { segmentNumbers } from './replay.ts'
import { segmentName } from './segment.ts'
import { readSnapshotPage, snapshotNames, SnapshotUnusable } from './snapshot.ts'

/** Keep them all, keep the newest so many, or move them to a folder, of another disk if need be. */
export type KeepPolicy = 'all' | number | { readonly archive: string }

/** Two snapshots stay, so that a damaged one has another before it. */
const SNAPSHOTS_KEPT = 2

export function parseKeep(text: string): KeepPolicy {
  if (text === 'all') return 'all'
  if (text.startsWith('archive:') && text.length > 8) return { archive: text.slice(8) }
  if (/^\d{1,6}$/.test(text)) return Number.parseInt(text, 10)
  throw new Error(`"${text}" must be all, a number of segments, or archive:FOLDER`)
}

/** Removes old snapshots, and lets go of the segments that the oldest one kept does not need. Returns their numbers. */
export async function releaseSegments(disk: Disk, folder: string, keep: KeepPolicy): Promise<number[]> {
  const needed = await oldestNeeded(disk, folder)
  if (needed === undefined || keep === 'all') return []
  const released = (await segmentNumbers(disk, folder)).filter((segment) => segment < needed)
  if (typeof keep === 'number') released.splice(Math.max(0, released.length - keep))
  for (const segment of released) {
    const name = segmentName(segment)
    if (typeof keep === 'object') await archive(disk, join(folder, name), keep.archive)
    // Oldest first, so that a crash between two leaves no hole.
    await disk.remove(join(folder, name))
  }
  if (released.length > 0) await disk.syncFolder(folder)
  return released
}

/** The first segment the oldest of the kept snapshots needs; undefined while there are not enough to rely on. */
async function oldestNeeded(disk: Disk, folder: string): Promise<number | undefined> {
  const kept: number[] = []
  for (const name of await snapshotNames(disk, folder)) {
    try {
      const { segment } = await readSnapshotPage(disk, folder, name)
      if (kept.length < SNAPSHOTS_KEPT) kept.push(segment)
      else await disk.remove(join(folder, name))
    } catch (error) {
      // A damaged one is left for whoever wants to know why.
      if (!(error instanceof SnapshotUnusable)) throw error
    }
  }
  return kept.length === SNAPSHOTS_KEPT ? Math.min(...kept) : undefined
}

/** Copies under another name, makes the copy durable, and only then gives it its name. */
async function archive(disk: Disk, path: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const target = join(folder, path.slice(path.lastIndexOf('/') + 1))
  await copyFile(path, `${target}.next`)
  const copy = await disk.open(`${target}.next`, 'update')
  try {
    await copy.sync()
  } finally {
    await copy.close()
  }
  await disk.rename(`${target}.next`, target)
  await disk.syncFolder(folder)
}
