import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../../engine/main.ts', import.meta.url))

/** A real engine in a process of its own, which a test may kill and start again. */
export interface EngineProcess {
  readonly socket: string
  start(): Promise<void>
  /** kill -9, as a power cut would. */
  kill(): Promise<void>
  remove(): Promise<void>
}

export async function provideEngine(): Promise<EngineProcess> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cambium-engine-'))
  const socket = path.join(folder, 'engine.sock')
  let child: ChildProcess | undefined
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  const start = async (): Promise<void> => {
    const args = [program, '--data', path.join(folder, 'data'), '--socket', socket]
    child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')
  }
  await start()
  return {
    socket,
    start,
    kill,
    remove: async () => {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
