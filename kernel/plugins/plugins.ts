import { readFileSync } from 'node:fs'
import { implement, type Implementation } from '../broker/index.ts'
import type { PermissionDeclaration, ResultOf, Route } from '../contract/index.ts'
import { defaultDeadlines, type Deadlines } from './attempt.ts'
import { createCatalogue } from './catalogue.ts'
import type { PluginHost } from './host.ts'
import { Lifecycle } from './lifecycle.ts'
import { createMarketplace } from './marketplace.ts'
import { createPageBuilder } from './pages/page-builder.ts'
import { createPluginStore } from './plugin-store.ts'
import { reconcile } from './reconciliation.ts'
import * as routes from './routes.ts'
import { createStyleSheets } from './styles/style-sheets.ts'
import type { FrontendApp, UiManifest } from './ui-manifest.ts'
import { createUiManifests } from './ui-manifests.ts'

export interface PluginsOptions extends PluginHost {
  /** Holds one folder a plugin. */
  readonly pluginsDirectory: string
  /** Bundles and style sheets are written below it. */
  readonly dataDirectory: string
  /** What the builds of the frontends wrote; one that does not exist yet has no style sheet. */
  readonly stylesFiles: Readonly<Record<FrontendApp, string>>
  /** Routes of the kernel's own, whose paths no plugin may take. */
  readonly kernelRoutes: readonly Route[]
  /** Starts no plugin; the operator can enable one by one. */
  readonly isSafe?: boolean
  readonly deadlines?: Partial<Deadlines>
}

export interface Plugins {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** Starts what the operator left enabled, and only then lets the frontends see what there is. */
  reconcile(): Promise<void>
  /** Ends every generation; what is wanted stays wanted. */
  stop(): Promise<void>
}

const { version: kernelVersion } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string }

const permissions: readonly PermissionDeclaration[] = [
  { id: 'plugins.marketplace.manage', title: 'Enable, disable and reload plugins', roles: ['admin'] },
]

/** The marketplace and the lifecycle of plugins. Nothing runs before `reconcile`. */
export function createPlugins(options: PluginsOptions): Plugins {
  const { dataDirectory, kernelRoutes, stylesFiles, isSafe = false } = options
  const catalogue = createCatalogue(options.pluginsDirectory)
  const store = createPluginStore(options.database)
  const pageBuilder = createPageBuilder(dataDirectory)
  const styleSheets = createStyleSheets(dataDirectory)
  const uiManifests = createUiManifests({ realtime: options.realtime, styleSheets, stylesFiles })
  const deadlines = { ...defaultDeadlines, ...options.deadlines }
  const kernel = { kernelVersion, kernelRoutes }
  const parts = { host: options, store, pageBuilder, uiManifests, deadlines, catalogue, kernel }
  const lifecycle = new Lifecycle(parts)
  const marketplace = createMarketplace(parts, lifecycle)

  options.realtime.provide(
    'plugins',
    { name: 'plugins.operations', access: 'plugins.marketplace.manage' },
    async ({ key }) => marketplace.lastOperation(key),
  )

  const implementations = [
    implement(routes.listPlugins, async () => ({ items: [...(await marketplace.list())] })),
    implement(routes.showPlugin, async ({ params }) => marketplace.show(params.pluginId)),
    implement(routes.planPlugin, async ({ params }) => marketplace.plan(params.pluginId)),
    implement(routes.enablePlugin, async ({ params }) => lifecycle.enable(params.pluginId)),
    implement(routes.disablePlugin, async ({ params }) => lifecycle.disable(params.pluginId)),
    implement(routes.reloadPlugin, async ({ params }) => lifecycle.reload(params.pluginId)),
    implement(routes.listOperations, async ({ params }) => ({
      items: [...(await marketplace.operations(params.pluginId))],
    })),
    implement(routes.showUi, async ({ params }) => answerOf(uiManifests.show(params.app))),
    implement(routes.reportPageError, async ({ params: { app, pluginId, ...report } }) => {
      options.log.error(`a page of ${pluginId} failed in the ${app}`, { plugin: pluginId, ...report })
      return {}
    }),
  ] as const

  return {
    implementations: implementations as unknown as readonly Implementation<never>[],
    permissions,
    reconcile: async () => {
      await reconcile({ host: options, store, catalogue, lifecycle, isSafe })
      // Without plugins the frontends have a sheet and a manifest too.
      uiManifests.commit(await uiManifests.prepare(lifecycle.contributions))
      uiManifests.open()
    },
    stop: async () => {
      await lifecycle.stop()
      pageBuilder.stop()
      styleSheets.stop()
    },
  }
}

/** An answer is the caller's to keep: the arrays are copies. */
function answerOf({ plugins, ...manifest }: UiManifest): ResultOf<typeof routes.showUi> {
  const copies = plugins.map(({ pages, navigation, slots, ...plugin }) => ({
    ...plugin,
    pages: [...pages],
    navigation: [...navigation],
    slots: [...slots],
  }))
  return { ...manifest, plugins: copies }
}
