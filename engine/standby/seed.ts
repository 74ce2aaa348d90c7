/**
 * How an empty folder becomes a standby's: it gets the beginning of the primary's journal, or, when that is not kept any
 * more, a snapshot and the beginning of the segment that goes on after it.
 */
import { join } from 'node:path'
import { EngineUnavailable, type EngineLink } from '../client/link.ts'
import { readAll, type Disk } from '../journal/disk.ts'
import { segmentNumbers } from '../journal/replay.ts'
import { PAGE_BYTES, segmentName } from '../journal/segment.ts'
import { readSnapshotPage, snapshotNames, SnapshotUnusable } from '../journal/snapshot.ts'

const PART_BYTES = 1 << 20

/** Files to fetch from the primary's folder, in this order; of each only so many bytes. */
export interface Seed {
  readonly files: readonly { readonly name: string; readonly bytes: number }[]
}

/** What a new standby has to fetch from this folder. */
export async function offerSeed(disk: Disk, folder: string): Promise<Seed> {
  const segments = new Set(await segmentNumbers(disk, folder))
  if (segments.has(1)) return { files: [{ name: segmentName(1), bytes: PAGE_BYTES }] }
  for (const name of await snapshotNames(disk, folder)) {
    try {
      const { segment, offset } = await readSnapshotPage(disk, folder, name)
      if (!segments.has(segment)) continue
      const { length } = await readAll(disk, join(folder, name))
      return {
        files: [
          { name, bytes: length },
          { name: segmentName(segment), bytes: offset },
        ],
      }
    } catch (error) {
      if (!(error instanceof SnapshotUnusable)) throw error
    }
  }
  throw new EngineUnavailable('there is no snapshot that a standby could start from', 'no_snapshot')
}

/** A part of a file that a seed names. */
export async function readSeedPart(
  disk: Disk,
  folder: string,
  { name, offset, length }: { name: string; offset: number; length: number },
): Promise<Buffer> {
  if (!/^(journal-\d{8}\.log|snapshot-\d{16}\.snap)$/.test(name))
    throw new Error(`${name} is no part of a seed`)
  const file = await disk.open(join(folder, name), 'read')
  try {
    return await file.read(Math.min(length, PART_BYTES), offset)
  } finally {
    await file.close()
  }
}

/** Fetches a seed into a folder without a journal. The segment comes last: with it there is a journal. */
export async function takeSeed(disk: Disk, folder: string, link: EngineLink): Promise<void> {
  const { files } = await link.ask<Seed>({ ask: 'seed' })
  await disk.makeFolder(folder)
  for (const { name, bytes } of files) {
    const path = join(folder, `${name}.next`)
    const file = await disk.open(path, 'create')
    try {
      for (let at = 0; at < bytes;) {
        const length = Math.min(PART_BYTES, bytes - at)
        const part = await link.fetch({ ask: 'seedPart', name, offset: at, length })
        if (part.length === 0) throw new EngineUnavailable(`${name} ended at byte ${at} of ${bytes}`)
        await file.write(part, at)
        at += part.length
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await disk.rename(path, join(folder, name))
  }
  await disk.syncFolder(folder)
}

/** Moves everything an engine has made in a folder into a new folder inside it, and says which. */
export async function moveAside(disk: Disk, folder: string): Promise<string | undefined> {
  const names = await disk.list(folder)
  const made = names.filter((name) => /^(journal-.*|snapshot-.*|events)$/.test(name))
  if (made.length === 0) return undefined
  let number = 1
  while (names.includes(`aside-${number}`)) number++
  const aside = join(folder, `aside-${number}`)
  await disk.makeFolder(aside)
  for (const name of made) await disk.rename(join(folder, name), join(aside, name))
  await disk.syncFolder(aside)
  await disk.syncFolder(folder)
  return aside
}
