export default defineNuxtConfig({
  extends: ['@cambium/theme-base'],
  ssr: true,
  app: { rootId: 'cambium' },
  runtimeConfig: { public: { app: 'portal' } },
  i18n: { locales: [{ code: 'en', language: 'en', name: 'English', file: 'en.json' }] },
})
