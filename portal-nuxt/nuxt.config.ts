import { languages } from '../themes/base/languages.ts'

export default defineNuxtConfig({
  extends: ['@cambium/theme-base'],
  ssr: true,
  app: { rootId: 'cambium' },
  runtimeConfig: { public: { app: 'portal' } },
  i18n: { locales: languages },
  // `nuxt typecheck` reads the plugins' pages along with ours; they are built apart.
  typescript: {
    tsConfig: { include: ['../../plugins/*/portal/**/*', '../../kernel/scaffold/*/portal/**/*'] },
  },
})
