import path from 'node:path'
import type { PluginHost } from './host.ts'
import type { FlatMessages } from './locales.ts'
import type { PluginManifest } from './manifest.ts'
import { CSS_FILE, MODULE_FILE, SSR_FILE } from './pages/page-build.ts'
import type { PluginPages } from './pages/page-builder.ts'
import { pluginsRefusals } from './refusals.ts'
import type { StyleSheets } from './styles/style-sheets.ts'
import type { Switches } from './switches.ts'
import type { FrontendApp, UiManifest, UiPlugin } from './ui-manifest.ts'
import { titleKeys } from './verification.ts'

/** What an enabled plugin adds to the frontends. */
export interface UiContribution {
  readonly manifest: PluginManifest
  readonly pages: PluginPages
  readonly messages: FlatMessages
}

/** The next UI manifests, complete and not yet shown to anybody. */
export type PreparedUi = ReadonlyMap<FrontendApp, Omit<UiManifest, 'revision'>>

export interface UiManifests {
  /** Does all that takes time or can fail, for the set of plugins enabled next. */
  prepare(contributions: readonly UiContribution[]): Promise<PreparedUi>
  /** Shows it: pushed to the frontends where it differs from what they have. */
  commit(prepared: PreparedUi): void
  /** From now on there is something to show; before, an empty manifest would tear down every open tab. */
  open(): void
  /** Throws `plugins.still_starting` before `open`. */
  show(app: FrontendApp): UiManifest
}

const frontendApps: readonly FrontendApp[] = ['portal', 'admin']

export function createUiManifests(parts: {
  readonly realtime: PluginHost['realtime']
  readonly styleSheets: StyleSheets
  readonly stylesFiles: Readonly<Record<FrontendApp, string>>
  readonly switches: Pick<Switches, 'isOff'>
}): UiManifests {
  const { realtime, styleSheets, stylesFiles, switches } = parts
  const opened = Promise.withResolvers<void>()
  const shown = new Map<FrontendApp, UiManifest>()
  let isOpen = false

  const show = (app: FrontendApp): UiManifest => {
    const manifest = shown.get(app)
    if (!isOpen || !manifest) throw pluginsRefusals.still_starting()
    return manifest
  }

  realtime.provide('platform', { name: 'platform.ui', access: 'public' }, async ({ key }) => {
    await opened.promise
    return show(key as FrontendApp)
  })

  async function prepareApp(
    app: FrontendApp,
    contributions: readonly UiContribution[],
  ): Promise<Omit<UiManifest, 'revision'>> {
    const candidates = contributions.flatMap(({ pages }) => pages[app]?.candidates ?? [])
    return {
      app,
      stylesheet: await styleSheets.compile(stylesFiles[app], candidates),
      plugins: contributions.flatMap((contribution) => uiPlugin(app, contribution, switches) ?? []),
    }
  }

  return {
    prepare: async (contributions) => {
      const sorted = contributions.toSorted((left, right) => (left.manifest.id < right.manifest.id ? -1 : 1))
      return new Map(
        await Promise.all(frontendApps.map(async (app) => [app, await prepareApp(app, sorted)] as const)),
      )
    },
    commit: (prepared) => {
      for (const [app, next] of prepared) {
        const { revision = 0, ...previous } = shown.get(app) ?? {}
        if (JSON.stringify(next) === JSON.stringify(previous)) continue
        const manifest = { ...next, revision: revision + 1 }
        shown.set(app, manifest)
        if (isOpen) realtime.publish('platform.ui', app, manifest)
      }
    },
    open: () => {
      isOpen = true
      opened.resolve()
    },
    show,
  }
}

/** What a frontend is told of one plugin; undefined when it has nothing to show there. */
export function uiPlugin(
  app: FrontendApp,
  { manifest, pages, messages }: UiContribution,
  { isOff }: Pick<Switches, 'isOff'>,
): UiPlugin | undefined {
  const ui = manifest.ui?.[app]
  const build = pages[app]
  if (!ui || !build) return undefined
  const isOn = (kind: 'page' | 'slot' | 'navigation', name: string): boolean =>
    !isOff(manifest.id, kind, `${app}/${name}`)
  const directory = path.posix.join('/_plugins', manifest.id, build.hash)
  return {
    id: manifest.id,
    name: manifest.name,
    version: manifest.version,
    hash: build.hash,
    module: build.module ?? `${directory}/${MODULE_FILE}`,
    css: build.hasCss ? `${directory}/${CSS_FILE}` : null,
    ssr: build.integrity.ssr === null ? null : `${directory}/${SSR_FILE}`,
    integrity: build.integrity,
    titles: titles(app, manifest, messages),
    pages: (ui.pages ?? []).filter(({ id }) => isOn('page', id)),
    // The way to a page that is off leads nowhere.
    navigation: (ui.navigation ?? []).filter(({ page }) => isOn('navigation', page) && isOn('page', page)),
    actions: [...(ui.actions ?? [])],
    slots: (ui.slots ?? []).filter(({ slot, id }) => isOn('slot', `${slot}/${id}`)),
  }
}

function titles(app: FrontendApp, manifest: PluginManifest, messages: FlatMessages): UiPlugin['titles'] {
  const keys = new Set(titleKeys(manifest, [app]))
  // The bell, the feed and the page of API keys show their texts on pages that never load the plugin's own.
  const isShown = (key: string): boolean => keys.has(key) || /^(notices|activity|scopes)\./.test(key)
  const ofLocale = (strings: ReadonlyMap<string, string>) =>
    Object.fromEntries([...strings].filter(([key]) => isShown(key)))
  return Object.fromEntries([...messages].map(([locale, strings]) => [locale, ofLocale(strings)]))
}
