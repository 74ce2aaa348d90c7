import type { Logger } from '../broker/index.ts'
import type { ChannelSource } from '../realtime/channels.ts'
import { grantedExchange, grantedLedger } from './grants.ts'
import type { PluginHost } from './host.ts'
import type { PluginManifest } from './manifest.ts'
import type { PluginKernel } from './plugin-server.ts'
import type { Scope } from './scope.ts'

/** What of one generation the kernel it is handed works with. */
export interface KernelParts {
  readonly manifest: PluginManifest
  readonly number: number
  readonly log: Logger
  readonly scope: Scope
  readonly channels: Map<string, ChannelSource>
  readonly gate: { isOpen: boolean }
}

/** The kernel as one generation of one plugin may use it. */
export function pluginKernel(host: PluginHost, parts: KernelParts): PluginKernel {
  const { manifest, number, log, scope, channels, gate } = parts
  const declared = new Set((manifest.channels ?? []).map(({ name }) => name))
  const checkChannel = (name: string): void => {
    if (!declared.has(name)) throw new Error(`Channel ${name} is not in the manifest of ${manifest.id}.`)
  }
  return Object.freeze({
    pluginId: manifest.id,
    generation: number,
    isDemo: host.isDemo,
    log,
    database: host.database,
    ledger: grantedLedger(host.ledger, manifest),
    exchange: grantedExchange(host.exchange, manifest),
    channels: {
      provide: (name: string, source: ChannelSource) => {
        checkChannel(name)
        channels.set(name, source)
      },
      publish: (name: string, key: string, message: unknown) => {
        checkChannel(name)
        // A generation that failed its probe, or is gone, has nothing to tell.
        if (gate.isOpen) host.realtime.publish(name, key, message)
      },
    },
    signal: scope.signal,
    settings: defaultSettings(manifest),
    onDispose: (dispose: () => void | Promise<void>) => scope.onDispose(dispose),
    every: (ms: number, work: (signal: AbortSignal) => Promise<void>) => scope.every(ms, work),
    background: (name: string, work: (signal: AbortSignal) => Promise<void>) => scope.background(name, work),
  })
}

function defaultSettings({ settings }: PluginManifest): Readonly<Record<string, unknown>> {
  const entries = Object.entries(settings?.properties ?? {})
  return Object.freeze(Object.fromEntries(entries.map(([name, schema]) => [name, schema.default])))
}
