/** The same on this machine's disk, and beside an engine that may be running in the folder. */
import { existsSync } from 'node:fs'
import { nodeDisk } from '../journal/disk.ts'
import { FolderLocked, isLocked, lockFolder } from '../journal/lock.ts'
import { makeSnapshot, type MadeSnapshot } from '../journal/snapshot-maker.ts'
import { checkFolder, type FolderCheck } from './check.ts'
import { copyFolder, PointNotThere, type FolderCopy, type Point } from './copy.ts'
import { findRepair, type Repair } from './repair.ts'

const ATTEMPTS = 5

/** Beside a running engine, files may go while they are read, because a snapshot has made them needless: look again. */
export async function checkEngine(folder: string): Promise<FolderCheck> {
  for (let attempt = 1; ; attempt++) {
    const isRunning = isLocked(folder)
    try {
      return await checkFolder(nodeDisk, folder, { isRunning })
    } catch (error) {
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT'
      if (!isRunning || !isGone || attempt === ATTEMPTS) throw error
    }
  }
}

/** Resolves with undefined when the newest snapshot already has all there is to have. */
export async function snapshotEngine(folder: string): Promise<MadeSnapshot | undefined> {
  const unlock = lockFolder(folder, 'snapshot.lock')
  try {
    return await makeSnapshot(nodeDisk, folder, { isRunning: isLocked(folder) })
  } finally {
    unlock()
  }
}

export function copyEngine(
  folder: string,
  { out, point }: { out: string; point: Point },
): Promise<FolderCopy> {
  return copyFolder(nodeDisk, folder, { out, point, isRunning: isLocked(folder) })
}

/** A seq, or a date and time. */
export function parsePoint(text: string): Point {
  if (/^\d{1,15}$/.test(text)) return { seq: Number.parseInt(text, 10) }
  const time = Date.parse(text)
  if (Number.isNaN(time))
    throw new PointNotThere(`"${text}" is neither a seq nor a time such as 2026-01-31T12:00:00Z`)
  return { time }
}

export async function repairEngine(folder: string): Promise<Repair> {
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`)
  if (isLocked(folder))
    throw new FolderLocked('an engine runs in this folder, which repairs it by itself when it starts')
  return findRepair(nodeDisk, folder)
}
