import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type ChildDeclaration, whenReadyLine } from '../index.ts'

export function temporaryDirectory(): string {
  return mkdtempSync(path.join(tmpdir(), 'cambium-supervisor-'))
}

/** A child whose program is a few lines of JavaScript. */
export function nodeChild(
  name: string,
  program: string,
  more: Partial<ChildDeclaration> = {},
): ChildDeclaration {
  return {
    name,
    command: process.execPath,
    args: ['-e', program],
    ready: whenReadyLine,
    readyTimeoutMs: 10_000,
    stopTimeoutMs: 5_000,
    ...more,
  }
}

/** Says it is ready and stays until it is told to end. */
export const stays = `console.log('{"ready":true,"mark":7}'); setInterval(() => {}, 1e6);`

/** Looks again until `condition` holds; fails when it does not in time. */
export async function eventually(condition: () => boolean, what: string, timeoutMs = 10_000): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`It never came true that ${what}.`)
    await pause(20)
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
