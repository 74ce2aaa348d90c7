export default defineNuxtConfig({
  extends: ['@cambium/theme-base'],
  ssr: false,
  app: { baseURL: '/admin/', rootId: 'cambium' },
  runtimeConfig: { public: { app: 'admin' } },
})
