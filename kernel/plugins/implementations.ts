import path from 'node:path'
import { stat } from 'node:fs/promises'
import { implement, type Call, type Implementation, type Principal } from '../broker/index.ts'
import type { ResultOf, Route } from '../contract/index.ts'
import { grantsState, type Consent } from './consent.ts'
import { exportFile, exportsDirectory } from './data-export.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { LifecycleParts } from './lifecycle-parts.ts'
import type { Marketplace } from './marketplace.ts'
import { planChange } from './planning.ts'
import { pluginsRefusals } from './refusals.ts'
import { releaseOf } from './releases.ts'
import * as routes from './routes.ts'
import type { UiManifest } from './ui-manifest.ts'

interface Parts extends LifecycleParts {
  readonly lifecycle: Lifecycle
  readonly marketplace: Marketplace
  readonly isSafe: boolean
}

/** The code behind the routes of the marketplace and of plugins' pages. */
export function pluginImplementations(parts: Parts): readonly Implementation<never>[] {
  return [...showing(parts), ...changing(parts), ...governing(parts), ...serving(parts)]
}

const listOf = (...implementations: readonly unknown[]): readonly Implementation<never>[] =>
  implementations as readonly Implementation<never>[]

function showing(parts: Parts): readonly Implementation<never>[] {
  const { marketplace, isSafe } = parts
  return listOf(
    implement(routes.listPlugins, async () => ({
      items: [...(await marketplace.list())],
      isSafeMode: isSafe,
    })),
    implement(routes.showPlugin, async ({ params }) => marketplace.show(params.pluginId)),
    implement(routes.planPlugin, async ({ params: { pluginId, ...request } }) =>
      planChange(parts, pluginId, request),
    ),
    implement(routes.listOperations, async ({ params }) => ({
      items: [...(await marketplace.operations(params.pluginId))],
    })),
  )
}

function changing({ lifecycle, marketplace, store, ...parts }: Parts): readonly Implementation<never>[] {
  return listOf(
    implement(routes.enablePlugin, async ({ params: { pluginId, ...request }, principal }) =>
      lifecycle.enable(pluginId, { ...request, ...consentOf(principal) }),
    ),
    implement(routes.disablePlugin, async ({ params: { pluginId, ...options } }) =>
      lifecycle.disable(pluginId, options),
    ),
    implement(routes.reloadPlugin, async ({ params: { pluginId, ...consent }, principal }) =>
      lifecycle.reload(pluginId, { ...consentOf(principal), ...consent }),
    ),
    implement(routes.upgradePlugin, async ({ params: { pluginId, version, ...consent }, principal }) =>
      lifecycle.upgrade(pluginId, version, { ...consentOf(principal), ...consent }),
    ),
    implement(routes.rollbackPlugin, async ({ params, principal }) =>
      lifecycle.rollback(params.pluginId, consentOf(principal)),
    ),
    implement(routes.isolatePlugin, async ({ params: { pluginId, tier }, principal }) =>
      lifecycle.isolate(pluginId, tier, consentOf(principal)),
    ),
    implement(routes.releaseQuarantine, async ({ params, principal }) =>
      lifecycle.releaseQuarantine(params.pluginId, consentOf(principal)),
    ),
    implement(routes.uninstallPlugin, async ({ params: { pluginId, ...request }, principal }) =>
      lifecycle.uninstall(pluginId, { ...request, ...consentOf(principal) }),
    ),
    implement(routes.pinPlugin, async ({ params: { pluginId, isPinned } }) => {
      await marketplace.current(pluginId)
      await store.saveState({ id: pluginId, isPinned })
      return marketplace.summary(pluginId)
    }),
    implement(routes.readExport, async ({ params: { pluginId, exportId } }) => {
      const file = exportFile(pluginId, exportId)
      const known = await stat(path.join(exportsDirectory(parts.dataDirectory), file)).catch(() => null)
      if (!known?.isFile()) throw pluginsRefusals.export_not_found({ pluginId, exportId })
      return { name: `${pluginId}-${exportId}.tar.gz`, file }
    }),
  )
}

/** What the operator says about a plugin without changing its release. */
function governing(parts: Parts): readonly Implementation<never>[] {
  const { marketplace, approvals, switches, lifecycle, otherNodes } = parts
  return listOf(
    implement(routes.showGrants, async ({ params }) =>
      grantsState(parts, await marketplace.current(params.pluginId)),
    ),
    implement(routes.approveGrants, async ({ params: { pluginId, version }, principal }) => {
      const plugin = await releaseOf(parts, pluginId, version)
      const { asked } = await grantsState(parts, plugin)
      await approvals.approve(pluginId, { version, grants: asked, approvedBy: consentOf(principal).by })
      return grantsState(parts, plugin)
    }),
    implement(routes.setSwitch, async ({ params, principal }) => {
      const { pluginId, kind, contributionId: id, isDisabled } = params
      const plugin = await marketplace.current(pluginId)
      if (!marketplace.contributions(plugin).some((one) => one.kind === kind && one.id === id)) {
        throw pluginsRefusals.contribution_not_found({ pluginId, kind, contributionId: id })
      }
      await switches.set({ pluginId, kind, id }, { isDisabled, by: consentOf(principal).by })
      await lifecycle.refreshSwitches(pluginId)
      otherNodes.switched(pluginId)
      return { items: [...marketplace.contributions(plugin)] }
    }),
  )
}

function serving({ uiManifests, host, watchdog }: Parts): readonly Implementation<never>[] {
  return listOf(
    implement(routes.showUi, async ({ params }) => answerOf(uiManifests.show(params.app))),
    implement(routes.reportPageError, async (call: Call<typeof routes.reportPageError>) => {
      const { app, pluginId, ...report } = call.params
      host.log.error(`a page of ${pluginId} failed in the ${app}`, { plugin: pluginId, ...report })
      const isShown = uiManifests
        .show(app)
        .plugins.some(({ id, hash }) => id === pluginId && hash === report.hash)
      if (isShown) watchdog.reported(pluginId, { reporter: reporterOf(call), message: report.message })
      return {}
    }),
  )
}

function reporterOf({ principal, client }: Pick<Call<Route>, 'principal' | 'client'>): string {
  return principal.kind === 'user' ? principal.userId : (client?.address ?? 'system')
}

function consentOf(principal: Principal): Consent {
  return { by: principal.kind === 'user' ? principal.userId : 'system' }
}

/** An answer is the caller's to keep: the arrays are copies. */
function answerOf({ plugins, ...manifest }: UiManifest): ResultOf<typeof routes.showUi> {
  const copies = plugins.map(({ pages, navigation, slots, actions, ...plugin }) => ({
    ...plugin,
    pages: [...pages],
    navigation: [...navigation],
    slots: [...slots],
    actions: [...actions],
  }))
  return { ...manifest, plugins: copies }
}
