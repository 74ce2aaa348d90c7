import type { Implementation } from '../broker/index.ts'
import type { PermissionDeclaration, Route } from '../contract/index.ts'
import { createApprovals } from './approvals.ts'
import { createCatalogue } from './catalogue.ts'
import { createHealth, healthImplementations, type ContributionFigures } from './health/index.ts'
import type { PluginHealth } from './routes/health.ts'
import type { PluginHost } from './host.ts'
import { pluginImplementations } from './implementations.ts'
import { guardedMigrations, migrationsIn, runners } from './isolation/index.ts'
import { kernelVersion } from './kernel-version.ts'
import { Lifecycle } from './lifecycle.ts'
import { defaultDeadlines, type Deadlines, type LifecycleParts } from './lifecycle-parts.ts'

import type { SettingsOwner } from '../settings/index.ts'
import type { FlatMessages } from './locales.ts'
import { createMarketplace } from './marketplace.ts'
import { servedPages } from './development/served-pages.ts'
import { watchPlugins, type PluginWatcher } from './development/watcher.ts'
import { packageImplementations } from './packages/implementations.ts'
import { createPackages } from './packages/packages.ts'
import { createRegistry, type RegistryOptions } from './packages/registry.ts'
import type { Nodes } from '../nodes/index.ts'
import { Following } from './nodes/follow.ts'
import { createOtherNodes } from './nodes/other-nodes.ts'
import { OperatorLock } from './operator-lock.ts'
import { createPageBuilder } from './pages/page-builder.ts'
import { createPageGate } from './pages/page-gate.ts'
import { createPluginStore } from './plugin-store.ts'
import { reconcile } from './reconciliation.ts'
import { createScreenshots } from './screenshots.ts'
import { Serving } from './serving.ts'
import { createStyleSheets } from './styles/style-sheets.ts'
import { createSwitches, switchedRealtime } from './switches.ts'
import type { FrontendApp } from './ui-manifest.ts'
import { createUiManifests } from './ui-manifests.ts'
import { defaultWatchdogLimits, Watchdog, type WatchdogLimits } from './watchdog.ts'

export interface PluginsOptions extends PluginHost {
  /** Holds one folder a plugin. */
  readonly pluginsDirectory: string
  /** Bundles and style sheets are written below it. */
  readonly dataDirectory: string
  /** What the builds of the frontends wrote; one that does not exist yet has no style sheet. */
  readonly stylesFiles: Readonly<Record<FrontendApp, string>>
  /** The portal's built server, which renders new pages before anybody sees them; without one they are only loaded. */
  readonly portalProgram?: string | undefined
  /** Routes of the kernel's own, whose paths no plugin may take. */
  readonly kernelRoutes: readonly Route[]
  /** Starts no plugin; the operator can enable one by one. */
  readonly isSafe?: boolean
  /** The kernels that share the database. */
  readonly nodes: Nodes
  /** Told when this node falls behind the others, and when it has caught up. */
  readonly setInPool: (isInPool: boolean) => void
  /** Saved plugins are replaced by themselves, and the portal's development server hands out their pages. */
  readonly isDevelopment?: boolean
  readonly deadlines?: Partial<Deadlines>
  readonly watchdog?: Partial<WatchdogLimits>
  /** Where packages are searched and fetched; without one they are only uploaded. */
  readonly registry?: RegistryOptions
}

export interface Plugins {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** What operators can set of every plugin that is here, enabled or not. */
  settingsOwners(): Promise<readonly SettingsOwner[]>
  /** By id, of all that are here. */
  names(): Promise<ReadonlyMap<string, string>>
  figures(): Promise<PluginFigures>
  /** What the plugins that serve say, in every language they speak. */
  texts(): readonly { readonly id: string; readonly name: string; readonly messages: FlatMessages }[]
  /** Starts what the operator left enabled, and only then lets the frontends see what there is. */
  reconcile(): Promise<void>
  /** Ends every generation; what is wanted stays wanted. */
  stop(): Promise<void>
}

const permissions: readonly PermissionDeclaration[] = [
  { id: 'plugins.marketplace.manage', title: 'Enable, disable and reload plugins', roles: ['admin'] },
]

/** How plugins do, for whoever watches the platform. */
export interface PluginFigures {
  readonly health: readonly PluginHealth[]
  readonly contributions: readonly ContributionFigures[]
  /** Those the platform took out of service. */
  readonly quarantined: readonly string[]
}

/** The marketplace and the lifecycle of plugins. Nothing runs before `reconcile`. */
export function createPlugins(options: PluginsOptions): Plugins {
  const { isSafe = false, isDevelopment = false, log } = options
  const { parts, packages, stop } = createLifecycleParts(options)
  const { host, uiManifests, serving, dataDirectory } = parts
  const lifecycle = new Lifecycle(parts)
  const following = new Following({
    ...parts,
    nodes: options.nodes,
    setInPool: options.setInPool,
    refreshSwitches: (id) => lifecycle.refreshSwitches(id),
  })
  const marketplace = createMarketplace(parts, lifecycle)

  host.realtime.provide(
    'plugins',
    { name: 'plugins.operations', access: 'plugins.marketplace.manage' },
    async ({ key }) => marketplace.lastOperation(key),
  )
  host.realtime.provide(
    'plugins',
    { name: 'plugins.health', access: 'plugins.marketplace.manage', isOfNode: true },
    async () => ({ items: parts.health.list() }),
  )

  let watcher: PluginWatcher | undefined
  return {
    implementations: [
      ...pluginImplementations({ ...parts, lifecycle, marketplace, isSafe }),
      ...healthImplementations(parts.health),
      ...packageImplementations({
        packages,
        registry: createRegistry(options.registry ?? { url: undefined }),
        dataDirectory,
      }),
    ],
    permissions,
    settingsOwners: async () => {
      const manifests = new Map([...(await parts.catalogue.manifests()), ...serving.manifests])
      return [...manifests.values()].map(({ id, name, icon, settings }) => ({
        id,
        name,
        icon,
        isPlatform: false,
        isRunning: serving.manifests.has(id),
        schema: settings ?? { type: 'object', properties: {} },
      }))
    },
    names: async () => new Map([...(await parts.catalogue.manifests())].map(([id, { name }]) => [id, name])),
    figures: async () => ({
      health: parts.health.list(),
      contributions: parts.health.contributions(),
      quarantined: [...(await parts.store.states())]
        .filter(([, { state }]) => state === 'quarantined')
        .map(([id]) => id),
    }),
    texts: () =>
      serving.contributions.map(({ manifest: { id, name }, messages }) => ({ id, name, messages })),
    reconcile: async () => {
      await reconcile({ ...parts, lifecycle, isSafe })
      // Without plugins the frontends have a sheet and a manifest too.
      uiManifests.commit(await uiManifests.prepare(serving.contributions))
      uiManifests.open()
      if (!isSafe && options.nodes.isJoined) following.start()
      if (isSafe) log.warn('Safe mode: no plugin was started')
      if (isDevelopment) watcher = watchPlugins(options.pluginsDirectory, host, lifecycle, serving)
    },
    stop: async () => {
      await watcher?.stop()
      await following.stop()
      await lifecycle.stop()
      stop()
    },
  }
}

function createLifecycleParts(options: PluginsOptions) {
  const { database, dataDirectory, kernelRoutes, stylesFiles } = options
  const switches = createSwitches(database)
  const realtime = switchedRealtime(options.realtime, switches)
  const health = createHealth(realtime)
  const log = health.logBeside(options.log)
  const host: PluginHost = { ...options, realtime, log }
  const kernel = { kernelVersion, kernelRoutes }
  const deadlines = { ...defaultDeadlines, ...options.deadlines }
  const store = createPluginStore(database)
  const bundles = createPageBuilder(dataDirectory)
  const pageBuilder = options.isDevelopment ? servedPages(bundles) : bundles
  const { portalProgram } = options
  const { renderMs } = deadlines
  const pageGate = createPageGate(dataDirectory, portalProgram ? { portalProgram, renderMs } : undefined)
  const styleSheets = createStyleSheets(dataDirectory)
  const folders = createCatalogue(options.pluginsDirectory)
  const packages = createPackages({
    database,
    dataDirectory,
    log,
    kernel,
    pageBuilder,
    bundled: async (id) => (await folders.find(id))?.bundled ?? undefined,
    inUse: async (id) => {
      const state = (await store.states()).get(id)
      return [state?.version, state?.previousVersion].filter(
        (version) => version !== null && version !== undefined,
      )
    },
  })
  const parts: LifecycleParts = {
    host,
    store,
    switches,
    packages,
    kernel,
    runners,
    health,
    dataDirectory,
    loadMigrations: async (plugin, tier, code) => {
      if (tier !== 'inline') return migrationsIn(tier, host, plugin)
      const migrations = (code ?? plugin.evaluate()).migrations()
      return {
        migrations: guardedMigrations(database, plugin.manifest, migrations),
        end: async () => undefined,
      }
    },
    pageBuilder,
    pageGate,
    approvals: createApprovals(database),
    catalogue: createCatalogue(options.pluginsDirectory, packages),
    serving: new Serving(),
    watchdog: new Watchdog(log, { ...defaultWatchdogLimits, ...options.watchdog }),
    uiManifests: createUiManifests({ realtime, styleSheets, stylesFiles, switches }),
    deadlines,
    screenshots: createScreenshots(dataDirectory),
    lock: new OperatorLock(database),
    otherNodes: createOtherNodes(options.nodes, log, deadlines),
  }
  const stop = (): void => {
    for (const process of [pageBuilder, pageGate, styleSheets, health]) process.stop()
  }
  return { parts, packages, stop }
}
