import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface TestEngine {
  readonly socket: string
  stop(): Promise<void>
}

const program = fileURLToPath(new URL('../../engine/main.ts', import.meta.url))

/** The real engine in a process of its own, its journal below `directory`; a name keeps several apart. */
export async function startTestEngine(directory: string, name = 'engine'): Promise<TestEngine> {
  const socket = path.join(directory, `${name}.sock`)
  const args = [program, '--data', path.join(directory, name), '--socket', socket]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  // A test run that is killed takes its engine along.
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'exit')
  const [first] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(([code]) => {
      throw new Error(`The engine ended with code ${String(code)} before it was ready.`)
    }),
  ])) as [string]
  if (!first.includes('"ready":true')) throw new Error(`The engine said ${first} instead of being ready.`)
  return {
    socket,
    stop: async () => {
      process.off('exit', kill)
      child.kill('SIGTERM')
      await ended
    },
  }
}
