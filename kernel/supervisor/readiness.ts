import type { ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'

/** What a readiness check can see of the child that is starting. */
export interface StartingChild {
  readonly process: ChildProcess
  /** Calls `listener` for every line of standard output from now on. */
  onLine(listener: (line: string) => void): void
  /** Aborted when the child has ended or its time is over; a check stops looking then. */
  readonly signal: AbortSignal
}

/** Resolves, with whatever the child told, once the child does its work. */
export type Readiness = (child: StartingChild) => Promise<unknown>

/** Ready when `probe` stops throwing. The probe must bound its own time. */
export function whenProbed(probe: () => Promise<unknown>, intervalMs = 50): Readiness {
  return async ({ signal }) => {
    for (;;) {
      try {
        return await probe()
      } catch {
        await pause(intervalMs, undefined, { signal })
      }
    }
  }
}

/** Ready at the first JSON line on standard output that carries `"ready": true`. */
export const whenReadyLine: Readiness = ({ onLine }) =>
  new Promise((resolve) => {
    onLine((line) => {
      const message = parseObject(line)
      if (isReady(message)) resolve(message)
    })
  })

/** Ready when the child sends `{ ready: true }` over its IPC channel. */
export const whenReadyMessage: Readiness = ({ process }) =>
  new Promise((resolve) => {
    process.on('message', (message) => {
      if (isReady(message)) resolve(message)
    })
  })

function isReady(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'ready' in message && message.ready === true
}

function parseObject(line: string): unknown {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as unknown
  } catch {
    return undefined
  }
}
