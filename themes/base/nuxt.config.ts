import { fileURLToPath } from 'node:url'
import { languages } from './languages.ts'

const inLayer = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineNuxtConfig({
  compatibilityDate: '2026-08-01',
  telemetry: { enabled: false },
  devtools: { enabled: false },
  modules: ['@nuxt/ui', '@pinia/nuxt', '@nuxtjs/i18n'],
  css: [inLayer('./app/assets/fonts.css'), inLayer('./app/assets/main.css')],
  components: [{ path: inLayer('./app/components'), pathPrefix: false }],
  alias: { '@cambium/ui': inLayer('./app/ui') },
  // Fonts come from a package; with `fonts` on, providers on the internet would be asked at build time.
  ui: { fonts: false, theme: { colors: ['primary', 'success', 'error', 'warning', 'info'] } },
  colorMode: { storageKey: 'cambium-theme', preference: 'system', fallback: 'light' },
  icon: {
    // Named explicitly, because an app without server rendering would ask api.iconify.design.
    provider: 'server',
    fallbackToApi: false,
    localApiEndpoint: '/_platform/icon',
    serverBundle: { collections: ['lucide'] },
    clientBundle: { scan: true, sizeLimitKb: 256 },
  },
  i18n: {
    strategy: 'no_prefix',
    defaultLocale: 'en',
    locales: languages,
    vueI18n: 'i18n.config.ts',
    // A file a language, named by what is in it and compressed when it is built.
    experimental: { prerenderMessages: true },
    // In this order: the cookie, what the browser asks for, English. A user's own choice is put into the cookie.
    detectBrowserLanguage: { useCookie: true, cookieKey: 'cambium_language', redirectOn: 'all' },
  },
  // The layer writes one import map of its own; browsers take only the first.
  // No islands, and no list of the app's own files asked for in every tab: the kernel tells of what is new.
  experimental: {
    entryImportMap: false,
    payloadExtraction: false,
    componentIslands: false,
    appManifest: false,
    checkOutdatedBuildInterval: false,
    // When a finger or a pointer comes to a link, not because it is in sight.
    defaults: { nuxtLink: { prefetchOn: { interaction: true, visibility: false } } },
  },
  hooks: {
    'nitro:config'(nitro) {
      const forever = { headers: { 'cache-control': 'public, max-age=31536000, immutable' } }
      // The types Nuxt knows of rules leave out headers; Nitro has them.
      Object.assign(nitro, { routeRules: { ...nitro.routeRules, '/_i18n/**': forever } })
    },
  },
  runtimeConfig: {
    /** The kernel as this server reaches it; NUXT_API_ORIGIN sets it. */
    apiOrigin: 'http://127.0.0.1:3000',
  },
  typescript: {
    tsConfig: { compilerOptions: { noUncheckedIndexedAccess: true, allowImportingTsExtensions: true } },
  },
})
