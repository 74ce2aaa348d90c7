import type { Logger } from '../broker/index.ts'
import type { MetricDeclaration, ToggleDeclaration } from '../contract/index.ts'
import type { ChannelSource } from '../channels.ts'
import { kernelFilterPoints, orderAuthorize } from '../filters/routes.ts'
import { grantedExchange, grantedLedger, refuse } from './grants.ts'
import type { HostPoints } from './host-points.ts'
import type { PluginHost } from './host.ts'
import type { PluginManifest } from './manifest.ts'
import { grantedFetch } from './outbound.ts'
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
  const { manifest, number, log, scope } = parts
  const settings = host.points.settings.open(manifest.id, manifest.settings)
  return Object.freeze({
    pluginId: manifest.id,
    generation: number,
    isDemo: host.isDemo,
    log,
    clock: host.points.clock,
    database: host.database,
    ledger: grantedLedger(host.ledger, manifest),
    exchange: grantedExchange(host.exchange, manifest, (context) =>
      host.points.filters.apply(orderAuthorize, context),
    ),
    channels: ownChannels(host, parts),
    signal: scope.signal,
    settings: settings.values,
    onSettingsChange: (listener) => {
      const stop = settings.onChange((values) => {
        Promise.resolve(listener(values)).catch((error: unknown) =>
          log.error('a change of settings could not be taken over', { error }),
        )
      })
      scope.onDispose(stop)
    },
    ...ownPoints(host.points, manifest),
    fetch: grantedFetch(manifest, scope.signal),
    users: {
      find: (userId) => host.points.users.find(userId),
      findByEmail: (email) => host.points.users.findByEmail(email),
      level: async (userId) => (await host.points.users.find(userId))?.level ?? 0,
    },
    onDispose: (dispose) => scope.onDispose(dispose),
    every: (ms, work) => scope.every(ms, work),
    background: (name, work) => scope.background(name, work),
  } satisfies PluginKernel)
}

function ownChannels(host: PluginHost, { manifest, channels, gate }: KernelParts): PluginKernel['channels'] {
  const declared = new Set((manifest.channels ?? []).map(({ name }) => name))
  const check = (name: string): void => {
    if (!declared.has(name)) refuse(manifest.id, `channels: ${name}`)
  }
  return {
    provide: (name: string, source: ChannelSource) => {
      check(name)
      channels.set(name, source)
    },
    publish: (name: string, key: string, message: unknown) => {
      check(name)
      // A generation that failed its probe, or is gone, has nothing to tell.
      if (gate.isOpen) host.realtime.publish(name, key, message)
    },
  }
}

/** What of the extension points a plugin calls itself: only what its manifest declares. */
function ownPoints(
  points: HostPoints,
  manifest: PluginManifest,
): Pick<
  PluginKernel,
  'filters' | 'toggles' | 'strategies' | 'events' | 'jobs' | 'activity' | 'metrics' | 'notify'
> {
  const { id, grants, jobs = [], events, filterPoints = [], strategyPoints = [], activity = [] } = manifest
  const ownJobs = new Set(jobs.map(({ name }) => name))
  const ownEvents = new Set((events?.emits ?? []).map(({ name }) => name))
  const askable = new Set([...filterPoints, ...kernelFilterPoints].map(({ name }) => name))
  const questions = new Set([...strategyPoints.map(({ name }) => name), ...(grants?.strategies ?? [])])
  const emitAll: PluginKernel['events']['emitAll'] = async (trx, event, items) => {
    if (!ownEvents.has(event.name)) refuse(id, `events: ${event.name}`)
    await points.events.emitAll(trx, event, items)
  }
  return {
    filters: {
      apply: async (point, context) => {
        if (!askable.has(point.name)) refuse(id, `filterPoints: ${point.name}`)
        await points.filters.apply(point, context)
      },
    },
    toggles: ownToggles(points, manifest),
    strategies: {
      ask: async (point, request) => {
        if (!questions.has(point.name)) refuse(id, `strategies: ${point.name}`)
        return (await points.strategies.ask(point, request)) as never
      },
    },
    events: { emitAll, emit: (trx, event, data, { key }) => emitAll(trx, event, [{ data, key }]) },
    jobs: {
      start: async (name, data, options) => {
        if (!ownJobs.has(name)) refuse(id, `jobs: ${name}`)
        return points.jobs.start(id, name, data, options)
      },
    },
    activity: {
      record: async (trx, entries) => {
        const foreign = entries.find((entry) => !activity.some(({ kind }) => kind === entry.kind))
        if (foreign) refuse(id, `activity: ${foreign.kind}`)
        await points.activity.record(trx, id, entries, activity)
      },
    },
    metrics: ownMetrics(points, manifest),
    notify: (notice) => points.notifications.notify(id, notice),
  }
}

function ownMetrics(points: HostPoints, { id, metrics = [] }: PluginManifest): PluginKernel['metrics'] {
  const kinds = new Map(metrics.map(({ name, kind }) => [name, kind]))
  const record =
    (kind: MetricDeclaration['kind']) =>
    ({ name }: MetricDeclaration, labels: Readonly<Record<string, string>>, value = 1): void => {
      if (kinds.get(name) !== kind) refuse(id, `metrics: ${name}`)
      points.metrics.record(id, name, labels, value)
    }
  return { count: record('counter'), set: record('gauge'), observe: record('histogram') }
}

/** The declaration that counts is the manifest's: what a plugin hands in only names it. */
function ownToggles(points: HostPoints, { id, toggles = [] }: PluginManifest): PluginKernel['toggles'] {
  const declared = new Map(toggles.map((toggle) => [toggle.id, toggle]))
  return {
    isOn: async ({ id: toggleId }: ToggleDeclaration, userId) =>
      points.toggles.isOn(declared.get(toggleId) ?? refuse(id, `toggles: ${toggleId}`), userId),
  }
}
