import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { keeperSocket, testDirectory } from './services-place.ts'

export interface TestServices {
  /** A new, empty MariaDB database. */
  readonly databaseUrl: string
  /** An empty numbered Redis database of one's own. */
  readonly redisUrl: string
  /** Drops both at once. Without it they go when the test process ends. */
  release(): void
}

const PROVIDE_TIMEOUT_MS = 180_000

/**
 * A real MariaDB database and Redis database for a test. They live in servers that all test processes of this
 * checkout share: the first one starts them, and they stop by themselves soon after the last one ends.
 */
export async function testServices(): Promise<TestServices> {
  const socket = await connectKeeper()
  const [line] = (await once(createInterface({ input: socket }), 'line')) as [string]
  const answer = JSON.parse(line) as { databaseUrl: string; redisUrl: string }
  // The open connection is the lease; it must not keep a finished test run from ending.
  socket.unref()
  return { ...answer, release: () => socket.destroy() }
}

async function connectKeeper(): Promise<Socket> {
  const deadline = performance.now() + PROVIDE_TIMEOUT_MS
  let keeper: ChildProcess | undefined
  for (;;) {
    const socket = await tryConnect()
    if (socket) return socket
    if (!keeper) keeper = startKeeper()
    // Another process may have been first to start one; ours then ends with code 0.
    const isLate = performance.now() > deadline
    if (isLate || keeper.exitCode === 1) throw new Error(`No MariaDB and Redis for tests: ${lastWords()}`)
    await pause(keeper.exitCode === 0 ? 1_000 : 50)
    if (keeper.exitCode === 0) keeper = undefined
  }
}

async function tryConnect(): Promise<Socket | undefined> {
  const socket = connect(keeperSocket())
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(undefined))
  })
}

const logFile = path.join(testDirectory, 'keeper.log')

function startKeeper(): ChildProcess {
  mkdirSync(testDirectory, { recursive: true })
  const log = openSync(logFile, 'a')
  const program = fileURLToPath(new URL('services-keeper.ts', import.meta.url))
  const keeper = spawn(process.execPath, [program], { detached: true, stdio: ['ignore', log, log] })
  keeper.unref()
  return keeper
}

function lastWords(): string {
  return readFileSync(logFile, 'utf8').trim().split('\n').slice(-8).join('\n') || `see ${logFile}`
}
