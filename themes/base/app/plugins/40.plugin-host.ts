import layouts from '#build/layouts'
import { showSession } from '@cambium/kernel/identity/routes'
import type { UiManifest, UiPlugin } from '@cambium/kernel/ui-manifest'
import type { Pinia } from 'pinia'
import type { RouteLocationNormalized } from 'vue-router'
import PluginPage from '../components/host/PluginPage.vue'
import { loadInBrowser, loadPlatformSheet, removeComponentSheet } from '../host/browser-loader.ts'
import {
  createPluginHost,
  type HostEnvironment,
  type HostFailure,
  type PluginHost,
} from '../host/plugin-host.ts'
import { generationKey } from '../host/generation.ts'
import { nestMessages, type Messages, type PluginModule } from '../host/plugin-module.ts'
import { pageRoute, pageRouteName } from '../host/page-route.ts'
import { createReporter, rehearsalReporter } from '../host/report.ts'
import { dropStores, handOverStores } from '../host/stores.ts'

/** How long a page waits for the manifest or for the code of the page asked for, before it is drawn without. */
const patienceMs = 1_500

/** How long a page the server has drawn waits for the code of its parts before it listens without them. */
const takeOverMs = 4_000

function inTime<T>(work: Promise<T>, waitMs = patienceMs): Promise<T | undefined> {
  return Promise.race([work, new Promise<undefined>((resolve) => setTimeout(resolve, waitMs))])
}

async function loadForServer(plugin: UiPlugin, apiOrigin: string, code?: string): Promise<PluginModule> {
  const [{ fetchCode, loadOnServer }, { hostModules }] = await Promise.all([
    import('../host/server-loader.ts'),
    import('#build/cambium-host-modules.mjs'),
  ])
  const readCode = (wanted: UiPlugin) =>
    code === undefined ? fetchCode(wanted, apiOrigin) : Promise.resolve(code)
  return loadOnServer(plugin, readCode, hostModules)
}

/** What was rendered is named in the head of this answer; see `server/plugins/page-head.ts`. */
function noteRendered(plugin: UiPlugin): void {
  const context = useNuxtApp().ssrContext?.event.context
  if (context) (context.renderedPlugins ??= new Set()).add(plugin)
}

/** Routes, strings and stores of this app follow the plugins. */
function environmentOf(report: (failure: HostFailure) => void): HostEnvironment {
  const nuxtApp = useNuxtApp()
  const router = useRouter()
  const { apiOrigin } = useRuntimeConfig()
  const rehearsal = useRequestEvent()?.context.rehearsal
  const { $i18n, $texts } = nuxtApp
  const ship = ({ id }: UiPlugin, locale: string, messages: Messages): void =>
    $texts.ship(locale, { [id]: nestMessages(messages) })
  /** What has been opened speaks the language of the page, and the next one before the page does. */
  const opened = new Map<UiPlugin, PluginModule['locales']>()
  async function speak(plugin: UiPlugin, locale: string): Promise<void> {
    const locales = opened.get(plugin) ?? {}
    const read = locales[locale] ?? locales.en
    if (read) ship(plugin, locale, (await read()).default)
  }
  nuxtApp.hook('i18n:beforeLocaleSwitch', async ({ newLocale }) => {
    await Promise.allSettled([...opened.keys()].map((plugin) => speak(plugin, newLocale)))
  })
  /** Titles are few, and what has none in a language is called as in English. */
  function shipTitles(plugin: UiPlugin): void {
    for (const locale of $i18n.localeCodes.value) {
      ship(plugin, locale, { ...plugin.titles.en, ...plugin.titles[locale] })
    }
  }
  return {
    async loadModule(plugin) {
      if (import.meta.client) return loadInBrowser(plugin)
      nuxtApp.runWithContext(() => noteRendered(plugin))
      return loadForServer(plugin, apiOrigin, rehearsal?.code)
    },
    onModule: async (plugin, { locales }) => {
      opened.set(plugin, locales)
      await speak(plugin, $i18n.locale.value)
    },
    loadStylesheet: (href) => (import.meta.client ? loadPlatformSheet(href) : Promise.resolve()),
    onActivated(plugin, previous) {
      if (previous) opened.delete(previous)
      shipTitles(plugin)
      for (const page of plugin.pages) {
        const known = previous?.pages.find(({ id }) => id === page.id)
        const isKnown = router.hasRoute(pageRouteName(plugin.id, page.id))
        if (!isKnown || (known && known.path !== page.path))
          router.addRoute(pageRoute(plugin, page, { component: PluginPage, layouts }))
      }
      if (import.meta.server || !previous) return
      handOverStores(nuxtApp.$pinia as Pinia, plugin.id)
      if (previous.css !== plugin.css) void nextTick(() => removeComponentSheet(previous))
    },
    onRemoved(plugin) {
      opened.delete(plugin)
      // Routes stay, so that an open page can say what happened and come back; see PluginPage.
      void nextTick(() => {
        dropStores(nuxtApp.$pinia as Pinia, plugin.id)
        removeComponentSheet(plugin)
      })
    },
    report,
  }
}

/** Follows what is enabled: at once the manifest asked for, then every change the kernel tells. */
function followLive(host: PluginHost, app: string): void {
  const { $channels, $api } = useNuxtApp()
  const session = useSessionState()
  const generations = (plugins: readonly UiPlugin[]): string => plugins.map(generationKey).sort().join(' ')

  /** A plugin brings permissions: without them its pages would stay closed to who may see them until a reload. */
  async function renewPermissions(): Promise<void> {
    if (!session.value?.user) return
    const renewed = await $api(showSession, {}).catch(() => undefined)
    if (renewed) session.value = renewed
  }

  const apply = (manifest: UiManifest | null): void => {
    if (!manifest) return
    const shown = [...host.active.values()].map(({ plugin }) => plugin)
    if (generations(shown) !== generations(manifest.plugins)) void renewPermissions()
    void host.apply(manifest)
  }
  const follow = (data: unknown): void => apply(data as UiManifest | null)
  $channels.subscribe(`platform.ui:${app}`, { onSnapshot: follow, onMessage: follow })
}

export default defineNuxtPlugin({
  name: 'cambium:plugin-host',
  dependsOn: ['cambium:api', 'cambium:session', 'cambium:language'],
  async setup(nuxtApp) {
    const { app } = useRuntimeConfig().public
    const manifest = useState<UiManifest | null>('cambium:manifest', () => null)
    /** Components the server rendered: the browser fetches them before it hydrates. */
    const rendered = useState<(readonly [pluginId: string, component: string])[]>(
      'cambium:rendered',
      () => [],
    )
    const { rehearsal } = useRequestEvent()?.context ?? {}
    const report = rehearsal ? rehearsalReporter(rehearsal) : createReporter(app, useApi())
    const host = createPluginHost(environmentOf(report))

    if (import.meta.server) manifest.value = useRequestEvent()?.context.uiManifest ?? null
    if (import.meta.client && manifest.value === null) {
      // Nuxt's fetch begins at the app's own base, which is not where the API is for the admin.
      const request = $fetch<UiManifest>(`/api/platform/ui/${app}`, { baseURL: '/' })
      const answer = inTime(request.catch(() => undefined))
      manifest.value = (await answer) ?? null
    }
    if (manifest.value !== null) await host.apply(manifest.value)
    if (import.meta.client && nuxtApp.payload.serverRendered) {
      const components = rendered.value.map(([id, component]) => host.active.get(id)?.load(component))
      await inTime(Promise.allSettled(components), takeOverMs)
    }

    const router = useRouter()
    function loadPage({ meta }: Pick<RouteLocationNormalized, 'meta'>): Promise<unknown> {
      const { pluginId, pageId } = meta.pluginPage ?? {}
      const generation = pluginId === undefined ? undefined : host.active.get(pluginId)
      const page = generation?.plugin.pages.find(({ id }) => id === pageId)
      return generation && page ? generation.load(page.component).catch(() => undefined) : Promise.resolve()
    }
    // The code of a page is fetched before the address changes, so that no skeleton flashes on a good line, and already
    // when a finger or a pointer comes to a link.
    router.beforeResolve(async (to) => {
      await inTime(loadPage(to))
    })
    nuxtApp.hook('link:prefetch', async (link) => {
      if (!URL.canParse(link)) await loadPage(router.resolve(link))
    })
    if (import.meta.client)
      nuxtApp.hook('app:mounted', () => nuxtApp.runWithContext(() => followLive(host, app)))
    return { provide: { pluginHost: host } }
  },
})
