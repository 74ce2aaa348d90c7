import { languages } from '../themes/base/languages.ts'

export default defineNuxtConfig({
  extends: ['@cambium/theme-base'],
  ssr: false,
  // The page is named before its script is there.
  app: {
    baseURL: '/admin/',
    rootId: 'cambium',
    head: { title: 'Cambium Admin', htmlAttrs: { lang: 'en' } },
  },
  // The navigation names its icons in a script; what is found here needs no request.
  icon: { clientBundle: { scan: { globInclude: ['**/*.vue', '**/*.ts'] }, sizeLimitKb: 256 } },
  i18n: { locales: languages },
  runtimeConfig: { public: { app: 'admin' } },
  // `nuxt typecheck` reads the plugins' pages along with ours; they are built apart.
  typescript: { tsConfig: { include: ['../../plugins/*/admin/**/*', '../../kernel/scaffold/*/admin/**/*'] } },
})
