import { exposedName } from '../metrics/index.ts'
import type { Dependency } from './dependencies.ts'
import type { PluginManifest } from './manifest.ts'
import type { PluginDetail } from './routes.ts'
import type { ContributionKind } from './routes.ts'
import type { FrontendApp } from './ui-manifest.ts'

type Contributions = Pick<
  PluginDetail,
  | 'permissions'
  | 'grants'
  | 'accounts'
  | 'routes'
  | 'pages'
  | 'navigation'
  | 'slots'
  | 'channels'
  | 'jobs'
  | 'points'
  | 'filters'
  | 'strategies'
  | 'events'
  | 'sockets'
  | 'onboarding'
  | 'wallets'
  | 'metrics'
  | 'alerts'
  | 'toggles'
  | 'tasks'
  | 'dependencies'
>

const frontendApps: readonly FrontendApp[] = ['portal', 'admin']

/** What a plugin brings, as the marketplace shows it. */
export function describeContributions(
  manifest: PluginManifest,
  dependencies: readonly Dependency[],
): Contributions {
  const { permissions, grants, accounts = [], channels = [], jobs = [] } = manifest
  return {
    permissions: permissions.map(({ id, title, roles }) => ({ id, title, roles: [...roles] })),
    grants: {
      ledgerAccounts: [...(grants?.ledgerAccounts ?? [])],
      engineMarkets: grants?.engineMarkets ?? false,
      houseAccounts: grants?.houseAccounts ?? false,
      outboundHosts: [...(grants?.outboundHosts ?? [])],
      tables: [...(grants?.tables ?? [])],
      events: [...(grants?.events ?? [])],
      filters: [...(grants?.filters ?? [])],
      strategies: [...(grants?.strategies ?? [])],
      sockets: grants?.sockets ?? false,
    },
    accounts: accounts.map(({ id, title }) => ({ id, title })),
    routes: manifest.routes.map(({ action, rest, summary, permission, idempotency }) => ({
      action,
      rest,
      summary,
      permission,
      isIdempotent: idempotency !== undefined,
    })),
    ...describeInterface(manifest),
    channels: channels.map(({ name, title, access }) => ({ name, title, access })),
    jobs: jobs.map(({ name, title, everyMs = null, cron = null }) => ({ name, title, everyMs, cron })),
    ...describeExtensions(manifest),
    dependencies: [...dependencies],
  }
}

function describeExtensions(
  manifest: PluginManifest,
): Pick<
  Contributions,
  | 'points'
  | 'filters'
  | 'strategies'
  | 'events'
  | 'sockets'
  | 'onboarding'
  | 'wallets'
  | 'metrics'
  | 'alerts'
  | 'toggles'
  | 'tasks'
> {
  const {
    filterPoints = [],
    strategyPoints = [],
    filters = [],
    strategies = [],
    events,
    sockets = [],
    onboarding = [],
    wallets = [],
    metrics = [],
    alerts = [],
    toggles = [],
    tasks = [],
  } = manifest
  return {
    points: [
      ...filterPoints.map(({ name, title }) => ({ name, title, kind: 'filter' as const })),
      ...strategyPoints.map(({ name, title }) => ({ name, title, kind: 'strategy' as const })),
    ],
    filters: filters.map(({ point, id }) => ({ point, id })),
    strategies: strategies.map(({ point, id }) => ({ point, id })),
    events: {
      emits: (events?.emits ?? []).map(({ name, title }) => ({ name, title })),
      listens: [...(events?.listens ?? [])],
    },
    sockets: sockets.map(({ name, title, path, permission }) => ({ name, title, path, permission })),
    onboarding: onboarding.map(({ id, link, order }) => ({ id, link, order })),
    metrics: metrics.map((metric) => ({ name: exposedName(metric), title: metric.title, kind: metric.kind })),
    alerts: alerts.map(({ id, title, severity }) => ({ id, title, severity })),
    toggles: toggles.map(({ id, title, isOnByDefault }) => ({ id, title, isOnByDefault })),
    tasks: tasks.map(({ id, permission }) => ({ id, permission })),
    wallets: wallets.map(({ id, link = null }) => ({ id, account: `user:*/${id}`, link })),
  }
}

function describeInterface({ ui }: PluginManifest): Pick<Contributions, 'pages' | 'navigation' | 'slots'> {
  const all = frontendApps.map((app) => ({ app, ...ui?.[app] }))
  return {
    pages: all.flatMap(({ app, pages = [] }) =>
      pages.map(({ id, path, component, permission = null }) => ({ app, id, path, component, permission })),
    ),
    navigation: all.flatMap(({ app, navigation = [] }) =>
      navigation.map(({ page, section, icon, order }) => ({ app, page, section, icon, order })),
    ),
    slots: all.flatMap(({ app, slots = [] }) =>
      slots.map(({ slot, id, component, order }) => ({ app, slot, id, component, order })),
    ),
  }
}

/** Everything that can be switched off alone, by the name its switch has. */
export function contributionNames(
  manifest: PluginManifest,
): readonly { readonly kind: ContributionKind; readonly id: string; readonly title: string }[] {
  const { routes, channels = [], jobs = [], filters = [], strategies = [], events, sockets = [] } = manifest
  const { pages, navigation, slots } = describeInterface(manifest)
  const named = (kind: ContributionKind) => (entry: { readonly name: string; readonly title: string }) => ({
    kind,
    id: entry.name,
    title: entry.title,
  })
  return [
    ...routes.map(({ action, summary }) => ({ kind: 'route' as const, id: action, title: summary })),
    ...pages.map(({ app, id, path }) => ({ kind: 'page' as const, id: `${app}/${id}`, title: path })),
    ...slots.map(({ app, slot, id }) => ({ kind: 'slot' as const, id: `${app}/${slot}/${id}`, title: slot })),
    ...navigation.map(({ app, page, section }) => ({
      kind: 'navigation' as const,
      id: `${app}/${page}`,
      title: section,
    })),
    ...jobs.map(named('job')),
    ...channels.map(named('channel')),
    ...sockets.map(named('socket')),
    ...filters.map(({ id, point }) => ({ kind: 'filter' as const, id, title: point })),
    ...strategies.map(({ id, title }) => ({ kind: 'strategy' as const, id, title })),
    ...(events?.listens ?? []).map((name) => ({ kind: 'event' as const, id: name, title: name })),
  ]
}
