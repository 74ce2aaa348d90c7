/** Keeps two engines out of one folder: a file that names the process, taken over only when that process is gone. */
import { readFileSync, renameSync, unlinkSync, writeFileSync, linkSync } from 'node:fs'
import { join } from 'node:path'

const LOCK = 'engine.lock'

export class FolderLocked extends Error {
  override readonly name = 'FolderLocked'
}

/** Tells a process from a later one with the same id; empty where the system has no /proc. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function isAlive(owner: string): boolean {
  const [pid = '', start = ''] = owner.trim().split(' ')
  try {
    process.kill(Number(pid), 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return startOf(Number(pid)) === start
}

function create(path: string): boolean {
  try {
    writeFileSync(path, `${process.pid} ${startOf(process.pid)}\n`, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Whether an engine runs in the folder. */
export function isLocked(folder: string): boolean {
  try {
    return isAlive(readFileSync(join(folder, LOCK), 'latin1'))
  } catch {
    return false
  }
}

/** Returns the function that gives the folder back. */
export function lockFolder(folder: string, name = LOCK): () => void {
  const path = join(folder, name)
  if (!create(path)) {
    const owner = readFileSync(path, 'latin1')
    if (isAlive(owner))
      throw new FolderLocked(`another engine (process ${owner.split(' ')[0]}) runs in this folder`)
    // Moved aside, not deleted: if another start was faster, what is moved is its lock, and it goes back.
    const aside = `${path}.${process.pid}`
    renameSync(path, aside)
    if (readFileSync(aside, 'latin1') !== owner) linkSync(aside, path)
    unlinkSync(aside)
    if (!create(path)) throw new FolderLocked('another engine started in this folder at the same moment')
  }
  return () => {
    unlinkSync(path)
  }
}
