import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'

/** What of the operating system stands around a plugin's process. */
export interface Wall {
  /** Put before the program's own command. */
  readonly command: readonly string[]
  /** It has no network: an empty namespace of its own. */
  readonly hasNoNetwork: boolean
  /** It runs as a user nobody else is. */
  readonly hasOwnUser: boolean
}

/** Users that systemd, too, gives to services for as long as they run. */
const USER_MIN = 61_184
const USER_COUNT = 4_335
const PROBE_TIMEOUT_MS = 15_000

const unshare = ['unshare', '--net', '--ipc', '--']

function asUser(uid: number): readonly string[] {
  return [
    'setpriv',
    `--reuid=${uid}`,
    `--regid=${uid}`,
    '--clear-groups',
    '--no-new-privs',
    '--bounding-set=-all',
    '--',
  ]
}

/** A number of its own for every plugin, the same each time. */
function userOf(pluginId: string): number {
  return USER_MIN + (createHash('sha256').update(pluginId).digest().readUInt32BE(0) % USER_COUNT)
}

function candidates(uid: number): readonly Wall[] {
  const none: Wall = { command: [], hasNoNetwork: false, hasOwnUser: false }
  if (process.platform !== 'linux') return [none]
  const apart = {
    command: ['unshare', '--user', '--net', '--ipc', '--'],
    hasNoNetwork: true,
    hasOwnUser: false,
  }
  if (process.getuid?.() !== 0) return [apart, none]
  return [
    { command: [...unshare, ...asUser(uid)], hasNoNetwork: true, hasOwnUser: true },
    { command: unshare, hasNoNetwork: true, hasOwnUser: false },
    { command: asUser(uid), hasNoNetwork: false, hasOwnUser: true },
    none,
  ]
}

let strongest: Promise<number> | undefined

/** The strongest wall this machine allows; it is tried once, by running Node behind each. */
export async function wallFor(pluginId: string): Promise<Wall> {
  const walls = candidates(userOf(pluginId))
  strongest ??= firstThatRuns(walls)
  return walls[await strongest] as Wall
}

async function firstThatRuns(walls: readonly Wall[]): Promise<number> {
  for (const [index, { command }] of walls.entries()) if (await runs(command)) return index
  return walls.length - 1
}

function runs(command: readonly string[]): Promise<boolean> {
  const [program = process.execPath, ...args] = [...command, process.execPath, '--permission', '-e', '0']
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: 'ignore',
      env: environment(),
      timeout: PROBE_TIMEOUT_MS,
      cwd: '/',
    })
    child.on('error', () => resolve(false))
    child.on('exit', (code) => resolve(code === 0))
  })
}

/** All that a plugin's process is told: nothing of the platform's own variables. */
export function environment(): NodeJS.ProcessEnv {
  const { PATH = '/usr/bin:/bin', LANG = 'C.UTF-8' } = process.env
  return { PATH, LANG, NODE_ENV: 'production' }
}
