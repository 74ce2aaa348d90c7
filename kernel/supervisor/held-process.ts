import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { existsSync } from 'node:fs'

export interface ProcessUser {
  readonly uid: number
  readonly gid: number
}

export interface HeldProcessOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly stdio?: StdioOptions
  /** Runs the process as this user; only root can ask for another one. */
  readonly user?: ProcessUser
}

const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path))

/**
 * Starts a process that the system ends when this one ends, even by SIGKILL, so nothing is ever orphaned.
 * Where `setpriv` is missing the process is an ordinary child and an orphan is found by its pid file instead.
 */
export function spawnHeld(
  command: string,
  args: readonly string[],
  { env, cwd, stdio = 'pipe', user }: HeldProcessOptions = {},
): ChildProcess {
  const options = { env: env ?? process.env, cwd, stdio, detached: true }
  if (!setpriv) return spawn(command, args, { ...options, ...user })

  const drop = user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'] : []
  return spawn(setpriv, [...drop, '--pdeathsig', 'TERM', command, ...args], options)
}

/** Resolves when the process is gone; at once when it already is. */
export function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
    return Promise.resolve()
  return new Promise((resolve) => child.once('exit', () => resolve()))
}

/** Asks the process to end and, after `timeoutMs`, makes it. MariaDB can ignore SIGTERM for ever. */
export async function endProcess(child: ChildProcess, timeoutMs: number): Promise<'ended' | 'killed'> {
  const gone = exited(child)
  child.kill('SIGTERM')
  const kill = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  await gone
  clearTimeout(kill)
  return child.signalCode === 'SIGKILL' ? 'killed' : 'ended'
}
