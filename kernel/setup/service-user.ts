import { chownSync, existsSync, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import type { ProcessUser } from '../supervisor/index.ts'

const NOBODY: ProcessUser = { uid: 65534, gid: 65534 }

/**
 * Makes a folder for a private server and says as whom to run it: `undefined` means as ourselves. Root hands
 * the folder to `nobody` where that user can reach it; a folder that exists keeps its owner, because the files
 * in it do.
 */
export function provideServiceDirectory(directory: string): ProcessUser | undefined {
  mkdirSync(path.dirname(directory), { recursive: true })
  if (process.getuid?.() !== 0) {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    return undefined
  }
  if (existsSync(directory)) {
    const { uid, gid } = statSync(directory)
    return uid === 0 ? undefined : { uid, gid }
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  if (!isReachable(path.dirname(directory))) return undefined
  chownSync(directory, NOBODY.uid, NOBODY.gid)
  return NOBODY
}

/** Whether a user without rights can walk down to `directory`: every folder above it must let others through. */
function isReachable(directory: string): boolean {
  const parent = path.dirname(directory)
  const letsThrough = (statSync(directory).mode & 0o001) !== 0
  return letsThrough && (parent === directory || isReachable(parent))
}
