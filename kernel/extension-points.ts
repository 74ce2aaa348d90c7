import type { Implementation, Replaced } from './broker/index.ts'
import type { PermissionDeclaration } from './contract/index.ts'
import { filterImplementations } from './filters/index.ts'
import type { Identity } from './identity/index.ts'
import { createModules, type ExtensionPointsOptions, type Modules } from './extension-modules.ts'
import { publishKernel } from './kernel-contributions.ts'
import type { HostPoints, Publication, SwitchedOff } from './plugins/index.ts'

interface Part {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
}

/** The kernel's extension points, made together because each leans on another. */
export interface ExtensionPoints extends HostPoints {
  /** What they serve, by owner. */
  readonly parts: Readonly<Record<string, Part>>
  readonly modules: Modules
  start(): Promise<void>
  /** Looks at everything that may be due, and resolves when what is due has been begun: after the clock was moved. */
  wake(): Promise<void>
  stop(): Promise<void>
}

/** Waits for several things as for one. */
function together(parts: readonly Replaced[]): Replaced {
  return {
    inFlight: parts.reduce((sum, part) => sum + part.inFlight, 0),
    drained: async (deadlineMs) =>
      (await Promise.all(parts.map((part) => part.drained(deadlineMs)))).every(Boolean),
  }
}

function ofKind(contributions: readonly SwitchedOff[], kind: SwitchedOff['kind']): string[] {
  return contributions.filter((one) => one.kind === kind).map(({ id }) => id)
}

function createPublishing(
  modules: Modules,
  { realtime, identity }: ExtensionPointsOptions,
): Pick<HostPoints, 'publish' | 'withdraw' | 'setDisabled' | 'forget'> {
  const { sockets } = realtime
  const { apiKeys } = identity
  const { settings, jobs, events, filters, strategies, notifications, personalData, views } = modules
  const { activity, search, onboarding, preferences, wallets, alerts, metrics, toggles, tasks } = modules
  return {
    publish({ manifest, extensions }: Publication) {
      const { id } = manifest
      filters.offer(id, manifest.filterPoints ?? [])
      filters.publish(id, manifest.filters ?? [], extensions.filters ?? {})
      strategies.offer(id, manifest.strategyPoints ?? [])
      strategies.publish(id, manifest.strategies ?? [], extensions.strategies ?? {})
      personalData.setKeeper(id, extensions)
      sockets.publish(id, manifest.sockets ?? [], extensions.sockets ?? {})
      activity.publish(id, manifest.name, manifest.activity ?? [])
      search.publish(id, manifest.search ?? [], extensions.search ?? {})
      onboarding.publish(id, manifest.onboarding ?? [], extensions.onboarding ?? {})
      wallets.publish(id, manifest.wallets ?? [])
      metrics.publish(id, manifest.metrics ?? [])
      notifications.publish(id, manifest.notices ?? [])
      apiKeys.offer(id, manifest.apiScopes ?? [])
      alerts.publish(id, manifest.alerts ?? [])
      toggles.publish(id, manifest.name, manifest.toggles ?? [])
      tasks.publish(id, manifest.tasks ?? [], extensions.tasks ?? {})
      return together([
        jobs.publish({ owner: id, jobs: manifest.jobs ?? [], handlers: extensions.jobs ?? {} }),
        events.publish(id, extensions.listeners ?? {}),
      ])
    },
    withdraw(id) {
      filters.offer(id, [])
      filters.withdraw(id)
      strategies.offer(id, [])
      strategies.withdraw(id)
      personalData.setKeeper(id, undefined)
      sockets.withdraw(id)
      search.withdraw(id)
      onboarding.withdraw(id)
      wallets.withdraw(id)
      metrics.withdraw(id)
      notifications.publish(id, [])
      apiKeys.offer(id, [])
      alerts.withdraw(id)
      toggles.withdraw(id)
      tasks.withdraw(id)
      return together([jobs.withdraw(id), events.withdraw(id)])
    },
    setDisabled(id, contributions) {
      jobs.setDisabled(id, ofKind(contributions, 'job'))
      events.setDisabled(id, ofKind(contributions, 'event'))
      filters.setDisabled(id, ofKind(contributions, 'filter'))
      strategies.setDisabled(id, ofKind(contributions, 'strategy'))
      sockets.setDisabled(id, ofKind(contributions, 'socket'))
    },
    async forget(id) {
      activity.withdraw(id)
      const kept = [
        settings,
        jobs,
        events,
        strategies,
        notifications,
        views,
        activity,
        onboarding,
        preferences,
        alerts,
        toggles,
      ]
      for (const part of kept) await part.forget(id)
    },
  }
}

/** What of a user a plugin is told. */
function pluginUser(user: Awaited<ReturnType<Identity['findUser']>>) {
  if (!user) return undefined
  const { id, email, level, isHouse, createdAt } = user
  return { id, email, level, isHouse, createdAt }
}

export function createExtensionPoints(options: ExtensionPointsOptions): ExtensionPoints {
  const { identity, clock } = options
  const modules = createModules(options)
  const { settings, jobs, events, filters, strategies, notifications, personalData, views } = modules
  const { activity, search, onboarding, preferences } = modules
  publishKernel(modules, options)
  return {
    clock,
    modules,
    settings,
    filters,
    strategies,
    events,
    notifications,
    activity,
    metrics: modules.metrics,
    toggles: modules.toggles,
    ...createPublishing(modules, options),
    jobs: { start: (owner, name, data, start) => jobs.start(owner, name, data, start) },
    users: {
      find: async (userId) => pluginUser(await identity.findUser(userId)),
      findByEmail: async (email) => pluginUser(await identity.findUserByEmail(email)),
    },
    parts: {
      settings,
      jobs,
      events,
      filters: {
        implementations: filterImplementations(filters, strategies),
        permissions: [
          { id: 'filters.points.manage', title: 'See filters and choose strategies', roles: ['admin'] },
        ],
      },
      notifications,
      personalData,
      views,
      activity,
      search,
      onboarding,
      preferences,
      mail: modules.mail,
      alerts: modules.alerts,
      toggles: modules.toggles,
      tasks: modules.tasks,
    },
    async start() {
      await settings.start()
      await strategies.start()
      await modules.toggles.start()
      await modules.alerts.start()
      await events.start()
      await jobs.begin()
    },
    async wake() {
      events.wake()
      await jobs.wake()
    },
    async stop() {
      await jobs.stop()
      await events.stop()
      strategies.stop()
      modules.toggles.stop()
      settings.stop()
      modules.mail.stop()
    },
  }
}
