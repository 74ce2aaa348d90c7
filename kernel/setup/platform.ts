import { mkdirSync, statfsSync, writeFileSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { askEngine, type EngineStatus } from '@cambium/engine'
import { readEngineShards, readEngineStandby } from '../engine-shards.ts'
import { Supervisor } from '../supervisor/index.ts'
import { freePort, isPortFree } from './free-port.ts'
import { takeLock } from './lock.ts'
import {
  engineChild,
  engineSocket,
  enginesOf,
  kernelChild,
  type PlatformWiring,
  portalChild,
} from './platform-children.ts'
import { root } from './place.ts'
import { prepareServices } from './private-services.ts'
import type { Progress } from './progress.ts'
import { runProgram } from './run-program.ts'
import { SetupError } from './setup-error.ts'
import { operatorSocket, provideSocketDirectory } from './socket-path.ts'

export interface PlatformRequest {
  /** Where the platform keeps everything, usually `.data`. */
  readonly directory: string
  readonly port: number
  readonly databaseUrl?: string | undefined
  readonly redisUrl?: string | undefined
  /** The engines beside the main one and their markets, in the form of `ENGINE_SHARDS`. */
  readonly engineShards?: string | undefined
  /** `1`, `async`, `sync` or `sync-or-alone`: a standby runs beside every engine. */
  readonly engineStandby?: string | undefined
  /** Starts the kernel without any plugin. */
  readonly isSafe?: boolean
  readonly isDevelopment?: boolean
  readonly progress: Progress
  /** Runs when nothing stands in the way any more and before the first process: the place for a long build. */
  readonly prepare?: () => Promise<void>
  /** Aborting it stops what was started so far and makes the start reject. */
  readonly signal?: AbortSignal
}

/** A login that the demo seed made, to be printed. */
export interface DemoLogin {
  readonly label: string
  readonly email: string
  readonly password: string
}

export interface Platform {
  readonly url: string
  readonly logins: readonly DemoLogin[]
  readonly databaseUrl: string
  readonly redisUrl: string
  /** Reaches the gateway as the operator. */
  readonly operatorSocket: string
  /** Rejects when a process could not be kept alive. */
  readonly failure: Promise<never>
  /** The process called `mariadb`, `redis`, `engine`, `engine-NAME`, `kernel` or `portal`, as of now. */
  pid(name: string): number | undefined
  stop(): Promise<void>
}

const FREE_DISK_MIN_BYTES = 500_000_000
const FOLLOWED_WITHIN_MS = 20_000
const FOLLOWED_POLL_MS = 50

/** Checks that nothing stands in the way, then starts every process of the platform in order. */
export async function startPlatform(request: PlatformRequest): Promise<Platform> {
  const { directory, port, progress, signal } = request
  const url = `http://localhost:${port}`
  const unlock = await lockPlatform(directory, url)
  const supervisor = new Supervisor({ logDirectory: path.join(directory, 'log'), say: progress.say })
  let release = () => undefined as void
  const stop = async () => {
    await supervisor.stop()
    release()
    unlock()
  }
  signal?.addEventListener('abort', () => void supervisor.stop(), { once: true })

  try {
    const shards = readEngineShards(request.engineShards)
    const standby = readEngineStandby(request.engineStandby)
    checkDisk(directory)
    await checkPort(port)
    const services = await prepareServices(request)
    release = services.release
    await request.prepare?.()
    await progress.step('MariaDB, Redis and the pages of plugins', () =>
      Promise.all([
        preparePages(request),
        ...services.servers.map(({ declaration }) => supervisor.start(declaration)),
      ]),
    )
    const { databaseUrl, redisUrl } = services
    const sockets = provideSocketDirectory(directory)
    const wiring: PlatformWiring = {
      directory,
      port,
      databaseUrl,
      redisUrl,
      engineShards: request.engineShards ?? '',
      shards,
      ...(standby && { standby }),
      socketDirectory: sockets,
      operatorSocket: operatorSocket(directory),
      portalPort: await freePort(),
      isSafe: request.isSafe ?? false,
      isDevelopment: request.isDevelopment ?? false,
    }
    const told = await startProcesses(supervisor, wiring, progress)
    return {
      url,
      logins: loginsIn(told),
      databaseUrl,
      redisUrl,
      operatorSocket: wiring.operatorSocket,
      failure: supervisor.failure,
      pid: (name) => supervisor.pid(name),
      stop,
    }
  } catch (error) {
    await stop()
    throw error instanceof SetupError
      ? error
      : new SetupError(error instanceof Error ? error.message : String(error))
  }
}

async function startProcesses(
  supervisor: Supervisor,
  wiring: PlatformWiring,
  progress: Progress,
): Promise<unknown> {
  await startEngines(supervisor, wiring, progress)
  // The portal takes a moment to load and needs the kernel only for its first answer.
  const portal = supervisor.start(portalChild(wiring))
  portal.catch(() => undefined)
  const told = await progress.step('kernel', () => supervisor.start(kernelChild(wiring)))
  await progress.step('portal', () => portal)
  return told
}

/** Side by side: each replays a journal of its own. */
export async function startEngines(
  supervisor: Supervisor,
  wiring: PlatformWiring,
  progress: Progress,
): Promise<void> {
  const engines = wiring.shards.map((shard) => ({ shard, names: enginesOf(wiring, shard) }))
  const names = engines.flatMap((engine) => engine.names)
  for (const name of names) mkdirSync(path.join(wiring.directory, name), { recursive: true, mode: 0o700 })
  await progress.step(names.join(', '), () =>
    Promise.all(
      engines.map(async ({ shard, names: [primary = '', ...standbys] }) => {
        await supervisor.start(engineChild(wiring, shard, primary))
        for (const name of standbys) await supervisor.start(engineChild(wiring, shard, name))
        if (standbys.length > 0) await untilFollowed(engineSocket(wiring, primary), progress)
      }),
    ),
  )
}

/** The first command must not wait for a standby that is still starting: in `sync` it would be refused. */
async function untilFollowed(socket: string, progress: Progress): Promise<void> {
  for (
    const deadline = Date.now() + FOLLOWED_WITHIN_MS;
    Date.now() < deadline;
    await pause(FOLLOWED_POLL_MS)
  ) {
    const { standbys = [] } = await askEngine<EngineStatus>(socket, { ask: 'status' })
    if (standbys.some(({ isLive }) => isLive)) return
  }
  progress.say(`The standby of ${socket} does not follow it yet; the platform starts all the same.`)
}

/** A plugin that cannot have its pages says so here already; the platform runs without it. */
async function preparePages({ directory, progress, signal }: PlatformRequest): Promise<void> {
  const { code, lastLines } = await runProgram({
    args: [path.join(root, 'kernel/plugins/pages/prepare-pages.ts'), root, directory],
    logFile: path.join(directory, 'log/plugin-pages.log'),
    ...(signal ? { signal } : {}),
  })
  if (code !== 0 || lastLines.length > 0) progress.say(lastLines.join('\n'))
}

async function lockPlatform(directory: string, url: string): Promise<() => void> {
  const urlFile = path.join(directory, 'platform.url')
  const unlock = await takeLock(path.join(directory, 'platform'))
  if (!unlock) {
    const running = readFileSync(urlFile, { encoding: 'utf8', flag: 'a+' })
    throw new SetupError(`Cambium is already running on ${directory}: ${running}`)
  }
  writeFileSync(urlFile, url)
  return unlock
}

function checkDisk(directory: string): void {
  const { bavail, bsize } = statfsSync(directory)
  if (bavail * bsize >= FREE_DISK_MIN_BYTES) return
  const freeMb = Math.floor((bavail * bsize) / 1e6)
  throw new SetupError(
    `The disk of ${directory} has ${freeMb} MB left; Cambium needs ${FREE_DISK_MIN_BYTES / 1e6} MB.`,
  )
}

async function checkPort(port: number): Promise<void> {
  if (await isPortFree(port)) return
  throw new SetupError(
    `Port ${port} is taken by another program; choose another one: PORT=${port + 1} npm start`,
  )
}

function loginsIn(told: unknown): readonly DemoLogin[] {
  const { logins } = told as { logins?: readonly DemoLogin[] }
  return logins ?? []
}
