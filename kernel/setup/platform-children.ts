import path from 'node:path'
import { primaryAmong } from '@cambium/engine'
import {
  type EngineShard,
  type EngineStandby,
  engineName,
  mainShard,
  socketVariable,
  standbyName,
} from '../engine-shards.ts'
import { humanText, parseLine } from '../log/index.ts'
import { type ChildDeclaration, whenProbed, whenReadyLine, whenReadyMessage } from '../supervisor/index.ts'
import { builtApp } from './build.ts'
import { root } from './place.ts'

/** What the platform's processes have to know of each other. */
export interface PlatformWiring {
  readonly directory: string
  readonly port: number
  readonly databaseUrl: string
  readonly redisUrl: string
  /** As the operator wrote it, and as it was read. */
  readonly engineShards: string
  readonly shards: readonly EngineShard[]
  /** What `ENGINE_STANDBY` says: every engine has a standby beside it, and waits for it in the synchronous modes. */
  readonly standby?: EngineStandby
  /** Where the engines' Unix sockets are. */
  readonly socketDirectory: string
  readonly operatorSocket: string
  readonly portalPort: number
  readonly isSafe: boolean
  /** Sources are watched and the portal is served by Nuxt's development server. */
  readonly isDevelopment: boolean
}

const isError = (line: string) => /\b(ERROR|FATAL|Error:)|^engine: (ALONE|FENCED|STOPPED|promoted)/.test(line)

/** Written by the watcher of plugins, for who has just saved one. */
function isOfSavedPlugin(line: string): boolean {
  return / plugins \S+ (serves generation \d+ after|stays as it was:)/.test(line)
}

/** The kernel writes structured lines, also into the terminal of whoever started it. */
function readable(line: string): string {
  const parsed = parseLine(line)
  return parsed ? humanText(parsed) : line
}

/** A shard's engines by name: the primary first, which is the standby of old once that was promoted. */
export function enginesOf({ directory, standby }: PlatformWiring, shard: EngineShard): readonly string[] {
  const names = [engineName(shard), standbyName(shard)]
  const isSwapped = primaryAmong(names.map((name) => path.join(directory, name))) === 1
  const ordered = isSwapped ? names.toReversed() : names
  return standby === undefined ? ordered.slice(0, 1) : ordered
}

export function engineSocket({ socketDirectory }: PlatformWiring, name: string): string {
  return path.join(socketDirectory, `${name}.sock`)
}

/** Where clients find a shard's engine, whichever of the two answers. */
function engineAddress(wiring: PlatformWiring, shard: EngineShard): string {
  return enginesOf(wiring, shard)
    .map((name) => engineSocket(wiring, name))
    .join(',')
}

/** Of an engine there can be two, each of which has to find out whether the other has been promoted. */
function standbyArguments(wiring: PlatformWiring, shard: EngineShard, name: string): string[] {
  const [primary = '', standby] = enginesOf(wiring, shard)
  if (standby === undefined || wiring.standby === undefined) return []
  if (name === standby) return ['--standby-of', engineSocket(wiring, primary)]
  return ['--peer', engineSocket(wiring, standby), '--standby', wiring.standby]
}

export function engineChild(wiring: PlatformWiring, shard: EngineShard, name: string): ChildDeclaration {
  return {
    name,
    command: process.execPath,
    args: [
      path.join(root, 'engine/main.ts'),
      '--data',
      path.join(wiring.directory, name),
      '--socket',
      engineSocket(wiring, name),
      ...standbyArguments(wiring, shard, name),
    ],
    env: journalEnvironment(shard),
    cwd: root,
    ready: whenReadyLine,
    // A long journal is replayed before the engine is ready.
    readyTimeoutMs: 300_000,
    stopTimeoutMs: 15_000,
    isInteresting: isError,
  }
}

/** Each shard's journal is a stream of its own. */
function journalEnvironment(shard: EngineShard): Record<string, string> {
  const journal = process.env.ENGINE_JOURNAL
  if (!journal || shard.name === mainShard.name) return {}
  return { ENGINE_JOURNAL: journal.replace(/^(jetstream:\/\/[^/]+\/[\w-]+)/, `$1-${shard.name}`) }
}

export function kernelChild(wiring: PlatformWiring): ChildDeclaration {
  return {
    name: 'kernel',
    command: process.execPath,
    args: [...(wiring.isDevelopment ? ['--watch', '--watch-preserve-output'] : []), kernelProgram],
    cwd: root,
    env: kernelEnvironment(wiring),
    hasChannel: true,
    ready: whenReadyMessage,
    readyTimeoutMs: 180_000,
    stopTimeoutMs: 20_000,
    isInteresting: wiring.isDevelopment
      ? (line) => isError(line) || isOfSavedPlugin(readable(line))
      : isError,
    readable,
  }
}

export const kernelProgram = path.join(root, 'kernel/main.ts')

export function kernelEnvironment(wiring: PlatformWiring): Record<string, string> {
  return {
    NODE_ENV: wiring.isDevelopment ? 'development' : 'production',
    CAMBIUM_DATA: wiring.directory,
    DATABASE_URL: wiring.databaseUrl,
    REDIS_URL: wiring.redisUrl,
    ENGINE_SHARDS: wiring.engineShards,
    ...Object.fromEntries(
      wiring.shards.map((shard) => [socketVariable(shard), engineAddress(wiring, shard)] as const),
    ),
    OPERATOR_SOCKET: wiring.operatorSocket,
    PORTAL_ORIGIN: portalOrigin(wiring),
    ADMIN_ROOT: path.join(builtApp('admin-nuxt'), 'public'),
    PORT: String(wiring.port),
    ...(wiring.isSafe ? { CAMBIUM_SAFE: '1' } : {}),
  }
}

export function portalChild(wiring: PlatformWiring): ChildDeclaration {
  const host = '127.0.0.1'
  const port = String(wiring.portalPort)
  const nuxt = path.join(root, 'node_modules/nuxt/bin/nuxt.mjs')
  return {
    name: 'portal',
    command: process.execPath,
    args: wiring.isDevelopment
      ? [nuxt, 'dev', '--host', host, '--port', port]
      : [path.join(builtApp('portal-nuxt'), 'server/index.mjs')],
    cwd: path.join(root, 'portal-nuxt'),
    env: {
      NODE_ENV: wiring.isDevelopment ? 'development' : 'production',
      NUXT_TELEMETRY_DISABLED: '1',
      NITRO_HOST: host,
      NITRO_PORT: port,
      // Where the server-rendered pages find the API.
      NUXT_API_ORIGIN: `http://127.0.0.1:${wiring.port}`,
    },
    ready: whenProbed(() => answers(portalOrigin(wiring)), 100),
    readyTimeoutMs: 180_000,
    stopTimeoutMs: 5_000,
    isInteresting: isError,
  }
}

function portalOrigin({ portalPort }: PlatformWiring): string {
  return `http://127.0.0.1:${portalPort}`
}

async function answers(origin: string): Promise<void> {
  const response = await fetch(origin, { signal: AbortSignal.timeout(5_000) })
  await response.arrayBuffer()
  if (response.status >= 500) throw new Error(`${origin} answers ${response.status}.`)
}
