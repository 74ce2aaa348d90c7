import { createInterface } from 'node:readline'
import { endProcess, exited, LogFile, spawnHeld } from '../supervisor/index.ts'
import { root } from './place.ts'

export interface Program {
  readonly args: readonly string[]
  /** Node 24 unless said otherwise. */
  readonly command?: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Where its output goes; without one it goes to the terminal. */
  readonly logFile?: string
  /** Aborting it ends the program. */
  readonly signal?: AbortSignal
}

/** Runs a program to its end. Answers its exit code and, of a logged one, its last lines. */
export async function runProgram(program: Program): Promise<{ code: number; lastLines: readonly string[] }> {
  const { args, command = process.execPath, cwd = root, env, logFile, signal } = program
  const child = spawnHeld(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: logFile ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  })
  const log = logFile ? new LogFile(logFile) : undefined
  for (const stream of [child.stdout, child.stderr]) {
    if (stream && log) createInterface({ input: stream }).on('line', (line) => log.write(line))
  }
  signal?.addEventListener('abort', () => void endProcess(child, 5_000), { once: true })
  await exited(child)
  log?.close()
  return { code: child.exitCode ?? 1, lastLines: log?.recentLines ?? [] }
}
