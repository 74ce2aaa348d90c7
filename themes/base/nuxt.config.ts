import { fileURLToPath } from 'node:url'

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
    locales: [{ code: 'en', language: 'en', name: 'English', file: 'en.json' }],
    detectBrowserLanguage: false,
  },
  // The layer writes one import map of its own; browsers take only the first.
  experimental: { entryImportMap: false, payloadExtraction: false },
  runtimeConfig: {
    /** The kernel as this server reaches it; NUXT_API_ORIGIN sets it. */
    apiOrigin: 'http://127.0.0.1:3000',
  },
  typescript: {
    tsConfig: { compilerOptions: { noUncheckedIndexedAccess: true, allowImportingTsExtensions: true } },
  },
})
