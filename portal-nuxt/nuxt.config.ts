export default defineNuxtConfig({
  extends: ['@cambium/theme-base'],
  ssr: true,
  app: { rootId: 'cambium' },
  runtimeConfig: { public: { app: 'portal' } },
})
