import type { Knex } from 'knex'
import type { Logger } from '../../../log/index.ts'
import type { PluginKernel } from '../../plugin-server.ts'
import type { Scope } from '../../scope.ts'
import { bridgeMethods } from '../bridge-methods.ts'
import type { FetchAnswer, StartMessage } from '../messages.ts'
import type { MethodKind, Peer } from '../peer.ts'
import { remoteFetch } from './remote-fetch.ts'

export interface RemoteParts {
  readonly start: StartMessage
  readonly peer: Peer
  readonly scope: Scope
  readonly log: Logger
  /** Made when it is first looked at: knex is the larger half of what a runner loads. */
  database(): Knex
}

/** What the kernel tells a running plugin of. */
export interface RemoteState {
  setClock(offsetMs: number): void
  setSettings(values: Readonly<Record<string, unknown>>): void
  setReserved(marketId: string, isReserved: boolean): void
}

type SettingsListener = Parameters<PluginKernel['onSettingsChange']>[0]

/** The `PluginKernel` of a runner: each member is a message, save loops, time and settings, which are here. */
export function remoteKernel(parts: RemoteParts): {
  readonly kernel: PluginKernel
  readonly state: RemoteState
} {
  const { start, peer, scope, log } = parts
  const settings: Record<string, unknown> = { ...start.settings }
  const listeners: SettingsListener[] = []
  const reserved = new Set(start.reserved)
  let clockOffsetMs = start.clockOffsetMs

  const bridged = bridge(peer) as unknown as PluginKernel
  const exchange = { ...bridged.exchange, isReserved: (marketId: string) => reserved.has(marketId) }
  const kernel: Omit<PluginKernel, 'database'> = {
    ...bridged,
    exchange,
    pluginId: start.pluginId,
    generation: start.generation,
    isDemo: start.isDemo,
    log,
    clock: { now: () => new Date(Date.now() + clockOffsetMs) },
    signal: scope.signal,
    settings,
    onSettingsChange: (listener) => listeners.push(listener),
    fetch: remoteFetch((message, signal) => peer.ask('fetch', [message, signal]) as Promise<FetchAnswer>),
    onDispose: (dispose) => scope.onDispose(dispose),
    every: (ms, work) => scope.every(ms, work),
    background: (name, work) => scope.background(name, work),
  }
  Object.defineProperty(kernel, 'database', { get: parts.database, enumerable: true })

  const state: RemoteState = {
    setClock: (offsetMs) => {
      clockOffsetMs = offsetMs
    },
    setSettings: (values) => {
      for (const name of Object.keys(settings)) if (!Object.hasOwn(values, name)) delete settings[name]
      Object.assign(settings, values)
      for (const listener of listeners) {
        Promise.resolve(listener(settings)).catch((error: unknown) =>
          log.error('a change of settings could not be taken over', { error }),
        )
      }
    },
    setReserved: (marketId, isReserved) => {
      if (isReserved) reserved.add(marketId)
      else reserved.delete(marketId)
    },
  }
  return { kernel: kernel as PluginKernel, state }
}

function bridge(peer: Peer): Readonly<Record<string, unknown>> {
  const root: Record<string, unknown> = {}
  for (const [method, kind] of Object.entries(bridgeMethods)) {
    const [group, name] = method.split('.') as [string, string?]
    const call = caller(peer, method, kind)
    if (name === undefined) root[group] = call
    else root[group] = { ...(root[group] as object | undefined), [name]: call }
  }
  return root
}

function caller(peer: Peer, method: string, kind: MethodKind): (...args: unknown[]) => unknown {
  switch (kind) {
    case 'ask':
      return (...args) => peer.ask(method, args)
    case 'listen':
      return (...args) => peer.tell(method, args, 'tell')
    case 'provide':
    case 'tell':
      return (...args) => peer.tell(method, args)
  }
}
