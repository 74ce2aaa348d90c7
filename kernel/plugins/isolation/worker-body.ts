import { Worker } from 'node:worker_threads'
import type { Body, BodyEnd } from './body.ts'

const YOUNG_MB = 16
const STACK_MB = 4

/** A thread: it shares the kernel's process and nothing of its memory, environment or standard streams. */
export function startWorker(program: string, memoryMb: number): Body {
  const worker = new Worker(program, {
    eval: true,
    env: {},
    argv: [],
    execArgv: [],
    stdout: true,
    stderr: true,
    trackUnmanagedFds: true,
    resourceLimits: {
      maxOldGenerationSizeMb: memoryMb,
      maxYoungGenerationSizeMb: YOUNG_MB,
      stackSizeMb: STACK_MB,
    },
  })
  worker.stdout.resume()
  worker.stderr.resume()
  let end: BodyEnd | undefined
  const listeners: ((end: BodyEnd) => void)[] = []
  worker.on('error', (error: Error & { code?: string }) => {
    const kind = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'crash'
    end = { kind, message: error.stack ?? error.message }
  })
  worker.on('exit', (code) => {
    const ended = end ?? { kind: 'crash', message: `The thread ended with code ${code}.` }
    for (const listener of listeners.splice(0)) listener(ended)
  })
  return {
    port: {
      post: (message) => worker.postMessage(message),
      listen: (onMessage) => worker.on('message', onMessage),
    },
    onEnd: (listener) => listeners.push(listener),
    residentBytes: () => undefined,
    end: async () => void (await worker.terminate()),
  }
}
