import type { Call, Implementation, Logger } from '../broker/index.ts'
import type { Route } from '../contract/index.ts'
import type { ChannelSource } from '../channels.ts'
import type { ReadPlugin } from './catalogue.ts'
import { timed } from './deadline.ts'
import type { PluginCode } from './evaluation.ts'
import type { PluginHost } from './host.ts'
import type { Fault } from './isolation/fault.ts'
import type { PluginManifest } from './manifest.ts'
import { manifestDifferences } from './manifest-differences.ts'
import { pluginKernel } from './plugin-kernel.ts'
import { extensionsOf } from './extensions.ts'
import type { PluginExtensions, PluginServer } from './plugin-server.ts'
import type { Tier } from './plugin-tier.ts'
import { Scope } from './scope.ts'

/** One started copy of a plugin's code. It serves nobody until it is flipped in. */
export interface Generation {
  readonly pluginId: string
  readonly number: number
  readonly manifest: PluginManifest
  readonly implementations: readonly Implementation<never>[]
  readonly channels: ReadonlyMap<string, ChannelSource>
  /** Jobs, filters, strategies, listeners, sockets, export and erase. */
  readonly extensions: PluginExtensions
  readonly scope: Scope
  /** Where its code runs. */
  readonly tier: Tier
  /** Told when its runner failed; a generation in the kernel's own process never says so. */
  onFault(listener: (fault: Fault) => void): void
  /** What it costs and how often its runner was started again, as of now. */
  vitals(): Vitals
  /** Throws when it cannot serve. */
  probe(): Promise<void>
  /** What it publishes reaches subscribers from the flip on, until it is disposed. */
  open(): void
  close(): void
}

export interface Vitals {
  /** False while its runner has failed and is not there again. */
  readonly isRunning: boolean
  /** Null where it has no memory of its own. */
  readonly heapBytes: number | null
  readonly restarts: number
  readonly lastFault: Fault | null
}

export interface GenerationRequest {
  readonly plugin: ReadPlugin
  /** Of the inline tier; in the others the plugin is evaluated where it runs. */
  readonly code?: PluginCode
  readonly number: number
  readonly timeoutMs: number
}

const DISPOSE_TIMEOUT_MS = 5_000

/** Runs the plugin's `start`. When that throws or takes too long, all it had acquired is given back first. */
export async function startGeneration(host: PluginHost, request: GenerationRequest): Promise<Generation> {
  const { plugin, code = plugin.evaluate(), number, timeoutMs } = request
  const { manifest } = plugin
  const log = ownLog(host.log, manifest.id, code)
  const scope = new Scope(log)
  const channels = new Map<string, ChannelSource>()
  const gate = { isOpen: false }
  const kernel = pluginKernel(host, { manifest, number, log, scope, channels, gate })
  try {
    const start = code.start()
    const server = start ? await timed(start(kernel), timeoutMs, 'start') : { implementations: [] }
    checkServer(manifest, server)
    return {
      pluginId: manifest.id,
      number,
      manifest,
      implementations: server.implementations.map((entry) => attributed(entry, code)),
      channels,
      extensions: extensionsOf(manifest, server, code.translate),
      scope,
      tier: 'inline',
      onFault: () => undefined,
      vitals: () => ({ isRunning: true, heapBytes: null, restarts: 0, lastFault: null }),
      probe: async () => {
        await timed(server.health?.() ?? Promise.resolve(), timeoutMs, 'health').catch((error: unknown) => {
          throw code.translate(error)
        })
      },
      open: () => {
        gate.isOpen = true
      },
      close: () => {
        gate.isOpen = false
      },
    }
  } catch (error) {
    await scope.dispose(DISPOSE_TIMEOUT_MS)
    throw code.translate(error)
  }
}

/**
 * A route without code would answer nobody; code without a route could not be called. The operator reads, and callers
 * are held to, what the manifest says of a route, so its code may not say anything else.
 */
function checkServer(manifest: PluginManifest, server: PluginServer): void {
  const served = server.implementations.map(({ route }) => route.action)
  const declared = manifest.routes.map(({ action }) => action)
  const missing = declared.filter((action) => !served.includes(action))
  const surplus = served.filter((action) => !declared.includes(action))
  if (missing.length > 0) throw new Error(`No code behind ${missing.join(', ')}.`)
  if (surplus.length > 0) throw new Error(`${surplus.join(', ')} is not in the manifest.`)
  if (new Set(served).size < served.length) throw new Error('A route is implemented twice.')
  for (const { route } of server.implementations) {
    const declaration = manifest.routes.find(({ action }) => action === route.action)
    const differences = manifestDifferences(declaration, route)
    if (differences.length === 0) continue
    throw new Error(`${route.action} is not what the manifest declares: ${differences.join(', ')}.`)
  }
}

/** Bugs name the plugin's own files and lines. */
function attributed({ route, handler }: Implementation<never>, code: PluginCode): Implementation<never> {
  const handle = handler as (call: Call<Route>) => Promise<unknown>
  const attributedHandler = async (call: Call<Route>): Promise<unknown> => {
    try {
      return await handle(call)
    } catch (error) {
      throw code.translate(error)
    }
  }
  return { route, handler: attributedHandler as Implementation<never>['handler'] }
}

function ownLog(log: Logger, pluginId: string, code: PluginCode): Logger {
  const translated = (data: object | undefined): object => {
    for (const value of Object.values(data ?? {})) code.translate(value)
    return { ...data, plugin: pluginId }
  }
  return {
    info: (message, data) => log.info(message, translated(data)),
    warn: (message, data) => log.warn(message, translated(data)),
    error: (message, data) => log.error(message, translated(data)),
  }
}
